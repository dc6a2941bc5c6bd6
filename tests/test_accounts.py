"""Administrators look after accounts and groups, in their language, and give nobody more than they hold."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from partners.roles import Role

from .test_admin import form_data, posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def account_url(model, page, *args, language="lv"):
    with override(language):
        return reverse(f"admin:auth_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def administrator(client, user_as):
    client.force_login(user_as(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def officer(django_user_model):
    return django_user_model.objects.create_user("anna", password="pass", is_staff=True)


def saved(client, user, changes):
    """Submit the form of the account `user` with `changes`, and return the account."""
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "09:00"}
    posted(client, account_url(User, "change", user.pk), {**joined, **changes})
    return User.objects.get(pk=user.pk)


def choices(client, url, name):
    return [label for _value, label in client.get(url).context["adminform"].form.fields[name].choices]


def test_administrator_makes_an_account_and_gives_it_a_role(administrator):
    data = {"username": "zane", "password1": "Ozols-un-liepa", "password2": "Ozols-un-liepa"}
    administrator.post(account_url(User, "add"), {**data, "usable_password": "true"})
    zane = User.objects.get(username="zane")
    editor = Group.objects.get(name=Role.EDITOR)
    zane = saved(administrator, zane, {"is_staff": "on", "groups": [editor.pk]})
    assert zane.has_perm("partners.import_city")


def test_administrator_makes_nobody_a_superuser(administrator, officer):
    for user in (officer, User.objects.get(username="administrator")):
        assert saved(administrator, user, {"is_superuser": "on", "first_name": "Anna"}).first_name == "Anna"
    assert not User.objects.filter(is_superuser=True).exists()


def test_page_before_deleting_names_no_rows_that_only_link(admin_client, officer):
    group = Group.objects.create(name="Vēstnieki")
    group.permissions.set(Permission.objects.all()[:2])
    officer.groups.add(group)
    for model, pk in ((User, officer.pk), (Group, group.pk)):
        page = admin_client.get(account_url(model, "delete", pk))
        assert len(page.context["deleted_objects"]) == len(dict(page.context["model_count"])) == 1
        assert " object (" not in page.content.decode()


def test_superuser_makes_another_one(admin_client, officer):
    assert saved(admin_client, officer, {"is_superuser": "on"}).is_superuser


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("kind", ["superuser", "holds more", "group holds more"])
def test_account_that_holds_more_is_only_looked_at(administrator, officer, kind, is_active):
    beyond = Permission.objects.get(codename="delete_user")
    officer.is_superuser, officer.is_active = kind == "superuser", is_active
    officer.save()
    if kind == "holds more":
        officer.user_permissions.add(beyond)
    if kind == "group holds more":
        officer.groups.add(Group.objects.create(name="Visu dzēsēji"))
        officer.groups.get().permissions.add(beyond)
    url = account_url(User, "change", officer.pk)
    assert administrator.get(url).status_code == 200
    assert administrator.post(url, {"username": "mine", "is_staff": "on"}).status_code == 403
    password = {"password1": "Ozols-un-liepa", "password2": "Ozols-un-liepa", "usable_password": "true"}
    password_url = reverse("admin:auth_user_password_change", args=[officer.pk])
    assert administrator.post(password_url, password).status_code == 403
    assert User.objects.get(pk=officer.pk).check_password("pass")


def test_administrator_gives_only_what_he_holds(administrator, officer):
    beyond = Permission.objects.get(codename="delete_user")
    strong = Group.objects.create(name="Visu dzēsēji")
    strong.permissions.add(beyond)
    url = account_url(User, "change", officer.pk)
    assert choices(administrator, url, "groups") == [
        "Administrators",
        "Publicētājs",
        "Redaktors",
        "Skatītājs",
    ]
    assert "Lietotāji: dzēst" not in choices(administrator, url, "user_permissions")
    for data in ({"groups": [strong.pk]}, {"user_permissions": [beyond.pk]}):
        assert administrator.post(url, {"username": "anna", **data}).status_code == 200
    administrator.post(account_url(Group, "add"), {"name": "Savējie", "permissions": [beyond.pk]})
    assert administrator.post(account_url(Group, "change", strong.pk), {"name": "Vāji"}).status_code == 403
    assert not officer.user_permissions.exists()
    assert set(Group.objects.filter(permissions=beyond)) == {strong}


def test_group_of_ones_own_holds_what_it_is_given(administrator):
    view = Permission.objects.get(codename="view_city")
    administrator.post(account_url(Group, "add"), {"name": "Praktikanti", "permissions": [view.pk]})
    assert list(Group.objects.get(name="Praktikanti").permissions.all()) == [view]


@pytest.mark.parametrize("who", ["administrator", "admin_client"])
def test_roles_are_neither_changed_nor_deleted_by_hand(request, who):
    client = request.getfixturevalue(who)
    role = Group.objects.get(name=Role.EDITOR)
    url = account_url(Group, "change", role.pk)
    assert "Reģistra loma." in client.get(url).content.decode()
    assert client.post(url, {"name": "Cits", "permissions": []}).status_code == 403
    assert client.post(account_url(Group, "delete", role.pk), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [role.pk], "post": "yes"}
    client.post(account_url(Group, "changelist"), data)
    assert Group.objects.get(name=Role.EDITOR).permissions.count() == role.permissions.count() > 0


SHOWN = {
    "lv": ["Sadarbības partneri: publicēt", "Līgumi: eksportēt", "Sadarbības jomas: importēt", "Lapas: mainīt",
           "Importi: skatīt", "Lietotāji: pievienot", "Grupas: dzēst"],
    "en": ["Partners: publish", "Agreements: export", "Fields of cooperation: import", "Pages: change",
           "Imports: view", "Users: add", "Groups: delete"],
}  # fmt: skip


@pytest.mark.parametrize("language", SHOWN)
def test_permissions_are_named_in_the_language_of_the_admin(administrator, officer, language):
    own = Group.objects.create(name="Savējie")
    for url, name in (
        (account_url(User, "change", officer.pk, language=language), "user_permissions"),
        (account_url(Group, "change", own.pk, language=language), "permissions"),
        (account_url(Group, "add", language=language), "permissions"),
    ):
        assert set(SHOWN[language]) <= set(choices(administrator, url, name))
    roles = {"lv": "Publicētājs", "en": "Publisher"}
    for model, page in ((User, "change"), (Group, "changelist")):
        args = [officer.pk] if page == "change" else []
        page = administrator.get(account_url(model, page, *args, language=language))
        assert roles[language] in page.content.decode()


def test_what_is_only_looked_at_is_named_in_latvian_too(administrator, admin_user):
    admin_user.user_permissions.add(Permission.objects.get(codename="publish_city"))
    admin_user.groups.add(Group.objects.get(name=Role.VIEWER))
    user = administrator.get(account_url(User, "change", admin_user.pk)).content.decode()
    role = administrator.get(account_url(Group, "change", admin_user.groups.get().pk)).content.decode()
    assert "<div>Sadarbības partneri: publicēt</div>" in user
    assert "<div>Skatītājs</div>" in user
    assert role.count("<div>Līgumi: eksportēt</div>") == 1
    assert "/password/" not in user
    assert not re.search("Can (add|change|view|delete|export|publish)", user + role)


def test_permissions_for_what_the_admin_does_not_show_are_not_offered(admin_client, officer):
    offered = choices(admin_client, account_url(User, "change", officer.pk), "user_permissions")
    assert {label.partition(":")[0] for label in offered} == {
        *(
            "Sadarbības partneri",
            "Līgumi",
            "Sadarbības jomas",
            "Lapas",
            "Importi",
            "Apvienošanas",
            "Dokumenti",
        ),
        *("Atgādinājumu abonementi", "Obligātie otrie faktori", "Lietotāji", "Grupas"),
    }


LOCKED_OUT = "Pēc tam jūs vairs nevarētu ne pārvaldīt kontus"
LACKS_ACCESS = "Kontam ir loma, bet ar šo kontu nevar pieteikties"
NOBODY_LEFT = "Nepaliktu neviena, kas drīkst pārvaldīt kontus."


def edit(client, user, **changes):
    """The answer to the form of the account `user`, sent with `changes`."""
    url = account_url(User, "change", user.pk)
    data = {**form_data(client.get(url)), "date_joined_0": "2026-01-01", "date_joined_1": "09:00", **changes}
    return client.post(url, {name: value for name, value in data.items() if value is not None})


@pytest.mark.parametrize("change", [{"is_active": None}, {"is_staff": None}, {"groups": []}])
def test_last_who_looks_after_accounts_keeps_the_right(administrator, change):
    last = User.objects.get(username="administrator")
    response = edit(administrator, last, **change)
    assert NOBODY_LEFT in response.content.decode()
    assert User.objects.get(pk=last.pk).has_perm("auth.change_user")


def test_last_superuser_keeps_the_right_and_is_not_deleted(admin_client, admin_user):
    for change in ({"is_superuser": None}, {"is_active": None}):
        assert NOBODY_LEFT in edit(admin_client, admin_user, **change).content.decode()
    url = account_url(User, "delete", admin_user.pk)
    assert NOBODY_LEFT in admin_client.post(url, {"post": "yes"}).content.decode()
    data = {"action": "delete_selected", "_selected_action": [admin_user.pk], "post": "yes"}
    assert NOBODY_LEFT in admin_client.post(account_url(User, "changelist"), data).content.decode()
    assert User.objects.get(pk=admin_user.pk).is_superuser


def test_group_through_which_the_last_one_looks_after_accounts_stays(client, django_user_model):
    group = Group.objects.create(name="Savējie")
    needed = Permission.objects.filter(
        codename__in=["view_user", "change_user", "change_group", "delete_group", "view_group"]
    )
    group.permissions.set(needed)
    last = django_user_model.objects.create_user("ilze", password="pass", is_staff=True)
    last.groups.add(group)
    client.force_login(last)
    change = {"name": "Savējie", "permissions": []}
    assert NOBODY_LEFT in client.post(account_url(Group, "change", group.pk), change).content.decode()
    assert (
        NOBODY_LEFT in client.post(account_url(Group, "delete", group.pk), {"post": "yes"}).content.decode()
    )
    assert set(Group.objects.get(pk=group.pk).permissions.all()) == set(needed)


@pytest.fixture
def another(django_user_model):
    """Somebody else who looks after accounts, superusers included."""
    return django_user_model.objects.create_superuser("ilze", password="pass")


def test_superuser_stops_being_one_by_the_hand_of_another_one(client, admin_user, another):
    client.force_login(another)
    assert edit(client, admin_user, is_superuser=None).status_code == 302
    assert not User.objects.get(pk=admin_user.pk).is_superuser


@pytest.mark.parametrize("change", [{"is_active": None}, {"is_staff": None}, {"groups": []}])
def test_nobody_takes_the_own_access_away_even_where_another_one_stays(administrator, another, change):
    own = User.objects.get(username="administrator")
    assert LOCKED_OUT in edit(administrator, own, **change).content.decode()
    assert User.objects.get(pk=own.pk).has_perm("auth.change_user")


def test_superuser_neither_gives_that_up_nor_deletes_the_own_account(admin_client, admin_user, another):
    assert LOCKED_OUT in edit(admin_client, admin_user, is_superuser=None).content.decode()
    url = account_url(User, "delete", admin_user.pk)
    assert LOCKED_OUT in admin_client.post(url, {"post": "yes"}).content.decode()
    data = {"action": "delete_selected", "_selected_action": [admin_user.pk], "post": "yes"}
    assert LOCKED_OUT in admin_client.post(account_url(User, "changelist"), data).content.decode()
    assert User.objects.get(pk=admin_user.pk).is_superuser


def test_superuser_with_the_role_of_an_administrator_gives_up_the_rest(admin_client, admin_user, another):
    role = Group.objects.get(name=Role.ADMINISTRATOR)
    assert edit(admin_client, admin_user, is_superuser=None, groups=[role.pk]).status_code == 302


def test_group_through_which_one_looks_after_accounts_is_changed_by_another_one(
    client, another, django_user_model
):
    group = Group.objects.create(name="Savējie")
    codenames = ["view_user", "change_user", "change_group", "delete_group", "view_group"]
    group.permissions.set(Permission.objects.filter(codename__in=codenames))
    member = django_user_model.objects.create_user("zane", password="pass", is_staff=True)
    member.groups.add(group)
    client.force_login(member)
    change = {"name": "Savējie", "permissions": []}
    changed = client.post(account_url(Group, "change", group.pk), change)
    deleted = client.post(account_url(Group, "delete", group.pk), {"post": "yes"})
    for answer in (changed, deleted):
        assert LOCKED_OUT in answer.content.decode()
    client.force_login(another)
    assert client.post(account_url(Group, "delete", group.pk), {"post": "yes"}).status_code == 302


def test_own_password_is_changed_with_the_old_one_and_not_switched_off(admin_client, admin_user):
    url = reverse("admin:auth_user_password_change", args=[admin_user.pk])
    answer = admin_client.post(url, {"usable_password": "false", "unset-password": "1"})
    assert answer.url == reverse("admin:password_change")
    assert User.objects.get(pk=admin_user.pk).has_usable_password()


def test_list_shows_role_state_and_last_login_and_marks_who_cannot_log_in(admin_client, officer):
    editor, viewer = (Group.objects.get(name=role) for role in (Role.EDITOR, Role.VIEWER))
    officer.groups.set([viewer, editor])
    zane = User.objects.create_user("zane", is_active=False)
    zane.groups.add(editor)
    User.objects.create_user("ilze", last_login=datetime(2026, 3, 2, 9, 41, tzinfo=UTC))
    page = admin_client.get(account_url(User, "changelist")).content.decode()
    rows = {
        re.search(r"/change/\">(\w+)<", row)[1]: dict(
            re.findall(r'<td class="field-(role|is_active|last_login)[^"]*">(.*?)</td>', row)
        )
        for row in page.partition("<tbody>")[2].split("</tr>")[:-1]
    }
    roles = {name: row["role"] for name, row in rows.items()}
    assert roles == {
        "admin": "Superlietotājs",
        "anna": "Redaktors, Skatītājs",
        "ilze": "–",
        "zane": "Redaktors (bez piekļuves pārvaldībai)",
    }
    assert ["icon-yes" in rows[name]["is_active"] for name in ("anna", "zane")] == [True, False]
    assert rows["ilze"]["last_login"] == "2026. gada 2. marts, 11:41"
    assert rows["zane"]["last_login"] == "–"


def test_list_of_many_accounts_costs_no_query_more(admin_client):
    editor, url = Group.objects.get(name=Role.EDITOR), account_url(User, "changelist")
    counts = []
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            User.objects.create_user(f"anna-{number}", is_staff=True).groups.add(editor)
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_saving_an_account_with_a_role_and_no_access_says_so(administrator, officer):
    editor = Group.objects.get(name=Role.EDITOR)
    lacking = edit(administrator, officer, groups=[editor.pk], is_staff=None)
    assert LACKS_ACCESS in administrator.get(lacking.url).content.decode()
    mended = edit(administrator, officer, groups=[editor.pk], is_staff="on")
    assert LACKS_ACCESS not in administrator.get(mended.url).content.decode()


def test_other_changes_to_the_last_administrator_are_saved(administrator):
    last = User.objects.get(username="administrator")
    assert saved(administrator, last, {"first_name": "Ilze"}).first_name == "Ilze"
