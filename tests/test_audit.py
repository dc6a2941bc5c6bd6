"""The audit has a line for whatever happens to accounts, and holds nothing that was typed."""

import json
import logging

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from partners.accounts.audit import Line
from partners.roles import Role

from .factories import make_city
from .test_admin import posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

SECRETS = ("old-secret", "Ozols-un-liepa", "wrong-guess")


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_user("anna", password="old-secret", is_staff=True)


@pytest.fixture
def events(django_capture_on_commit_callbacks):
    """Does something, and returns the lines of the audit about it."""
    lines = []

    class Keeper(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    keeper = Keeper()
    keeper.setFormatter(Line())
    logger = logging.getLogger("twinning.audit")
    logger.addHandler(keeper)

    def events_of(doing):
        lines.clear()
        with django_capture_on_commit_callbacks(execute=True):
            doing()
        assert not [line for line in lines for secret in SECRETS if secret in line]
        return [json.loads(line) for line in lines]

    yield events_of
    logger.removeHandler(keeper)


def short(lines):
    return [(line["event"], line["username"]) for line in lines]


def test_line_says_what_when_who_and_from_where(events, anna):
    [line] = events(
        lambda: Client(REMOTE_ADDR="10.0.0.7").post(
            "/lv/admin/login/", {"username": "anna", "password": "old-secret"}
        )
    )
    assert line.pop("at").endswith("Z")
    assert line == {"event": "login", "account": anna.pk, "username": "anna", "address": "10.0.0.7"}


def test_failures_locks_and_logout_are_told_and_nothing_that_was_typed(events, anna):
    data = {"username": "anna", "password": "wrong-guess"}
    assert short(events(lambda: Client().post("/lv/admin/login/", data))) == [("login_failed", "anna")]
    slip = {"username": "Ozols-un-liepa", "password": "anna"}
    assert short(events(lambda: Client().post("/lv/admin/login/", slip))) == [("login_failed", None)]
    for _time in range(settings.AXES_FAILURE_LIMIT - 2):
        Client().post("/lv/admin/login/", data)
    assert short(events(lambda: Client().post("/lv/admin/login/", data))) == [("login_locked", "anna")]
    client = Client()
    client.force_login(anna)
    assert short(events(lambda: client.post("/lv/admin/logout/"))) == [("logout", "anna")]


def test_login_that_is_refused_for_want_of_access_is_told(events, anna):
    anna.groups.add(Group.objects.get(name=Role.EDITOR))
    anna.is_staff = False
    anna.save()
    data = {"username": "anna", "password": "old-secret"}
    assert short(events(lambda: Client().post("/lv/admin/login/", data))) == [("login_refused", "anna")]


def test_change_of_ones_own_password_is_told(events, client, anna):
    client.force_login(anna)
    new = {"old_password": "old-secret", "new_password1": "Ozols-un-liepa", "new_password2": "Ozols-un-liepa"}
    [line] = events(lambda: client.post("/lv/admin/password_change/", new))
    assert (line["event"], line["username"], line["of"]["username"]) == ("password_changed", "anna", "anna")


def test_password_changed_on_the_server_is_told_as_nobodys_doing(events, anna):
    anna.set_password("Ozols-un-liepa")
    [line] = events(anna.save)
    assert (line["event"], line["account"], line["address"], line["of"]["username"]) == (
        "password_changed",
        None,
        None,
        "anna",
    )


def test_hash_that_is_renewed_at_login_is_no_change_of_password(events, anna, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    data = {"username": "anna", "password": "old-secret"}
    assert short(events(lambda: Client().post("/lv/admin/login/", data))) == [("login", "anna")]


def test_what_an_administrator_gives_and_takes_is_told(events, admin_client, anna):
    editor = Group.objects.get(name=Role.EDITOR)
    url = reverse("admin:auth_user_change", args=[anna.pk])
    of = {"account": anna.pk, "username": "anna"}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "09:00"}

    def told(changes):
        lines = events(lambda: posted(admin_client, url, {**joined, **changes}))
        assert {line["username"] for line in lines} == {"admin"}
        return [
            {key: value for key, value in line.items() if key not in ("at", "account", "username", "address")}
            for line in lines
        ]

    assert told({"groups": [editor.pk]}) == [{"event": "groups_added", "of": of, "names": ["Redaktors"]}]
    assert told({"groups": []}) == [{"event": "groups_removed", "of": of, "names": ["Redaktors"]}]
    assert told({"is_superuser": "on", "is_active": None}) == [
        {"event": "account_changed", "of": of, "changed": {"is_active": False, "is_superuser": True}}
    ]


def test_groups_and_their_permissions_are_told(events, admin_client):
    from django.contrib.auth.models import Permission

    view = Permission.objects.get(codename="view_city")
    made = events(
        lambda: admin_client.post(
            reverse("admin:auth_group_add"), {"name": "Savējie", "permissions": [view.pk]}
        )
    )
    assert [(line["event"], line["group"]) for line in made] == [
        ("group_added", "Savējie"),
        ("permissions_added", "Savējie"),
    ]
    assert made[1]["names"] == ["view_city"]


def test_account_that_is_made_and_deleted_is_told(events, admin_client):
    data = {"username": "zane", "password1": "Ozols-un-liepa", "password2": "Ozols-un-liepa"}
    made = events(
        lambda: admin_client.post(reverse("admin:auth_user_add"), {**data, "usable_password": "true"})
    )
    assert [line["event"] for line in made] == ["account_added", "password_changed"]
    pk = made[0]["of"]["account"]
    url = reverse("admin:auth_user_delete", args=[pk])
    assert [line["event"] for line in events(lambda: admin_client.post(url, {"post": "yes"}))] == [
        "account_deleted"
    ]


def test_what_leaves_in_bulk_is_told(events, admin_client):
    make_city("tukums")
    url = reverse("admin:partners_city_export")
    [line] = events(lambda: admin_client.post(url, {"format": "1"}))
    assert (line["event"], line["username"], line["records"], line["content"]) == (
        "export",
        "admin",
        "city",
        "exchange",
    )


def test_what_enters_in_bulk_and_is_undone_is_told(events, tmp_path, anna, admin_user):
    from partners.imports import undo
    from partners.models import SpreadsheetImport

    file = tmp_path / "partneri.csv"
    file.write_text("slug,name_lv,country\nvalka,Valka,LV\n")
    [line] = events(lambda: call_command("import", "partners", str(file), user="admin", verbosity=0))
    assert (line["event"], line["username"], line["records"], line["new"]) == ("import", "admin", "city", 1)
    assert "Valka" not in json.dumps(line)
    [line] = events(lambda: undo(SpreadsheetImport.objects.get(), admin_user))
    assert (line["event"], line["username"], line["records"]) == ("import_undone", "admin", "city")


def test_second_factor_is_told_from_being_set_up_to_being_taken_away(events, admin_client, anna):
    from .test_second_factor import CODE, LOGIN, code, set_up, wrong

    def entered(typed):
        client = Client()
        client.post(LOGIN, {"username": "anna", "password": "old-secret"})
        client.post(CODE, {"code": typed})

    recovery = []
    assert short(events(lambda: recovery.extend(set_up(anna))))[1:] == [
        ("second_factor_used", "anna"),
        ("recovery_codes_made", "anna"),
        ("second_factor_on", "anna"),
    ]
    for typed, told in (
        (code(anna), ("second_factor_used", "app")),
        (recovery[0], ("second_factor_used", "recovery")),
        (wrong(anna), ("second_factor_failed", "app")),
    ):
        password, factor = events(lambda typed=typed: entered(typed))
        assert password["event"] == "login"
        assert (factor["event"], factor["how"]) == told
    url = reverse("admin:auth_user_change", args=[anna.pk])
    changes = {"reset_second_factor": "on", "date_joined_0": "2026-01-01", "date_joined_1": "09:00"}
    [line] = events(lambda: posted(admin_client, url, changes))
    assert (line["event"], line["username"], line["of"]["username"]) == (
        "second_factor_reset",
        "admin",
        "anna",
    )


def test_requirement_of_a_second_factor_is_told(events, admin_client):
    group = Group.objects.get(name=Role.VIEWER)
    url = reverse("admin:partners_secondfactorrequirement_add")
    [line] = events(lambda: admin_client.post(url, {"group": group.pk}))
    assert (line["event"], line["username"], line["group"]) == (
        "second_factor_required",
        "admin",
        "Skatītājs",
    )


def test_what_is_not_kept_is_not_told(events, anna):
    from django.db import transaction

    def given_up():
        with transaction.atomic():
            anna.groups.add(Group.objects.get(name=Role.EDITOR))
            transaction.set_rollback(True)

    assert events(given_up) == []
