"""Whether visitors see a record is decided by those who may publish, and by nobody else in any way."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.merging import merge
from partners.models import Agreement, City, Merge
from partners.roles import Role

from .factories import make_agreement, make_city, make_field
from .spreadsheets import preview, sheet
from .test_admin import admin_url, deletion_of, form_data, posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def editor(client, user_as):
    client.force_login(user_as(Role.EDITOR))
    return client


@pytest.fixture
def publisher(client, user_as):
    client.force_login(user_as(Role.PUBLISHER))
    return client


def states(model):
    return dict(model.objects.order_by("slug").values_list("slug", "is_published"))


def said(response):
    return [str(message) for message in response.context["messages"]]


def chosen(client, model, action, *records, **data):
    data |= {"action": f"{action}_selected", "_selected_action": [record.pk for record in records]}
    return client.post(admin_url(model, "changelist"), data, follow=True)


# In a form


def test_editor_enters_drafts(editor):
    data = {"name_lv": "Cēsis", "country": "LV", "is_published": "on"}
    posted(editor, admin_url(City, "add"), data)
    posted(editor, admin_url(Agreement, "add"), {"city": City.objects.get().pk, "is_published": "on"})
    assert (states(City), states(Agreement)) == ({"cesis": False}, {"cesis": False})


def newest_of(pk):
    """What the history page of the partner `pk` carries."""
    return {"newest": City.history.filter(id=pk).order_by("-history_id").first().pk}


@pytest.mark.parametrize("is_published", [True, False])
def test_editor_changes_the_text_of_a_record_but_not_its_state(editor, is_published):
    city = make_city("tukums", is_published=is_published)
    agreement = make_agreement(city, slug="a", is_published=is_published)
    tick = None if is_published else "on"
    data = {"region_lv": "Kurzeme", "is_published": tick, "agreements-0-is_published": tick}
    posted(editor, admin_url(City, "change", city.pk), {**data, "agreements-0-scope_lv": "Kultūra"})
    posted(editor, admin_url(Agreement, "change", agreement.pk), {"source_lv": "A", "is_published": tick})
    assert (City.objects.get().region_lv, states(City)) == ("Kurzeme", {"tukums": is_published})
    agreement.refresh_from_db()
    assert (agreement.scope_lv, agreement.source_lv) == ("Kultūra", "A")
    assert states(Agreement) == {"a": is_published}


def test_publisher_publishes_in_the_form_and_in_the_page_of_the_partner(publisher):
    city = make_city("tukums", is_published=False)
    make_agreement(city, slug="a", is_published=False)
    data = {"is_published": "on", "agreements-0-is_published": "on"}
    posted(publisher, admin_url(City, "change", city.pk), data)
    assert (states(City), states(Agreement)) == ({"tukums": True}, {"a": True})


def test_page_of_a_partner_shows_an_editor_the_state_without_a_tick(editor):
    make_agreement(make_city("tukums"))
    form = editor.get(admin_url(City, "change", City.objects.get().pk)).content.decode()
    assert 'name="is_published"' not in form
    assert 'name="agreements-0-is_published"' not in form
    assert form.count("Publicēts") >= 2


# By deleting


@pytest.mark.parametrize("is_published", [True, False])
def test_editor_deletes_drafts_only(editor, is_published):
    city = make_city("tukums", is_published=is_published)
    answer = editor.post(admin_url(City, "delete", city.pk), deletion_of(city))
    assert answer.status_code == (403 if is_published else 302)
    again = make_city("saldus", is_published=is_published)
    data = {"action": "delete_selected", "_selected_action": [again.pk], **deletion_of(again)}
    editor.post(admin_url(City, "changelist"), data)
    assert states(City) == ({"tukums": True, "saldus": True} if is_published else {})


@pytest.mark.parametrize("is_published", [True, False])
def test_editor_deletes_only_drafts_in_the_page_of_a_partner(editor, is_published):
    make_agreement(make_city("tukums"), slug="a", is_published=is_published)
    url = admin_url(City, "change", City.objects.get().pk)
    editor.post(url, {**form_data(editor.get(url)), "agreements-0-DELETE": "on"})
    assert states(Agreement) == ({"a": True} if is_published else {})


# From the history


def versions_of(city):
    """A version in which `city` was published and, newer, one in which it was not."""
    City.history.all().delete()
    for is_published in (True, False):
        city.is_published = is_published
        city.save()
    newer, older = City.history.all()
    return older, newer


@pytest.mark.parametrize(("role", "is_restored"), [(Role.EDITOR, False), (Role.PUBLISHER, True)])
@pytest.mark.parametrize("was_published", [True, False])
def test_version_of_another_state_is_restored_by_who_may_publish(
    client, user_as, role, is_restored, was_published
):
    city = make_city("tukums")
    version = versions_of(city)[not was_published]
    City.objects.update(is_published=not was_published)
    client.force_login(user_as(role))
    answer = client.post(admin_url(City, "restore", city.pk, version.pk), newest_of(city.pk), follow=True)
    assert states(City) == {"tukums": was_published is is_restored}
    assert said(answer)[0].startswith(
        "Ieraksts ir atjaunots" if is_restored else "Nekas nav atjaunots: atjaunošana mainītu"
    )


def test_version_of_the_same_state_is_restored_by_an_editor(editor):
    city = make_city("tukums", region_lv="Kurzeme")
    city.region_lv = "Vidzeme"
    city.save()
    editor.post(admin_url(City, "restore", city.pk, City.history.last().pk), newest_of(city.pk))
    assert City.objects.values_list("region_lv", "is_published").get() == ("Kurzeme", True)


@pytest.mark.parametrize("is_published", [True, False])
def test_editor_recovers_a_deleted_record_only_if_it_was_a_draft(editor, is_published):
    city = make_city("tukums", is_published=is_published)
    pk = city.pk
    city.delete()
    answer = editor.post(admin_url(City, "restore", pk, City.history.first().pk), newest_of(pk), follow=True)
    assert states(City) == ({} if is_published else {"tukums": False})
    assert said(answer)[0].startswith(
        "Nekas nav atjaunots: atjaunošana mainītu" if is_published else "Ieraksts ir atj"
    )


# By merging


def test_editor_does_not_merge_a_published_partner_into_a_draft(editor):
    draft, shown = make_city("cesis", is_published=False), make_city("wenden")
    url = f"{admin_url(City, 'merge')}?record={draft.pk}&record={shown.pk}"
    answer = editor.post(url, {"kept": draft.pk}, follow=True)
    assert said(answer) == [
        "Nekas nav apvienots: ar to tiktu izlemts, ko redz apmeklētāji. Saglabājiet otru ierakstu vai "
        "vērsieties pie kolēģa, kam ir publicēšanas tiesības."
    ]
    assert states(City) == {"cesis": False, "wenden": True}
    editor.post(url, {"kept": shown.pk})
    assert states(City) == {"wenden": True}


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 403), (Role.PUBLISHER, 302)])
def test_merge_that_withdrew_a_partner_is_undone_by_who_may_publish(
    client, admin_user, user_as, role, status
):
    merge(make_city("cesis", is_published=False), make_city("wenden"), admin_user)
    client.force_login(user_as(role))
    undo_url = reverse("admin:partners_merge_undo", args=[Merge.objects.get().pk])
    assert client.post(undo_url).status_code == status
    assert len(states(City)) == (2 if status == 302 else 1)


# Many at once


def test_editor_is_not_offered_to_publish_and_cannot(editor):
    city = make_city("tukums", is_published=False)
    page = editor.get(admin_url(City, "changelist")).content.decode()
    assert "publish_selected" not in page
    assert "withdraw_selected" not in page
    chosen(editor, City, "publish", city)
    assert states(City) == {"tukums": False}


def test_publisher_publishes_what_can_be_and_reads_what_stands_in_the_way_of_the_rest(publisher):
    cities = [make_city(slug, is_published=False) for slug in ("cesis", "saldus")]
    nameless = City.objects.create(slug="wenden", name_en="Wenden", country="LV")
    shown = make_city("tukums")
    answer = chosen(publisher, City, "publish", nameless, shown, *cities)
    assert states(City) == {"cesis": True, "saldus": True, "tukums": True, "wenden": False}
    assert said(answer) == [
        "Publicēti 2 ieraksti.",
        "Nav publicēts: Wenden (wenden). Ievadiet nosaukumu latviešu valodā vai atstājiet partneri nepublicētu.",
    ]
    rows = City.history.filter(history_user__username="publisher")
    assert {(row.slug, row.history_type, row.is_published) for row in rows} == {
        ("cesis", "~", True),
        ("saldus", "~", True),
    }


def test_agreement_in_english_only_is_not_published_and_a_partner_that_hides_another_is_mentioned(publisher):
    city = make_city("tukums", is_published=False)
    good = make_agreement(city, slug="good", scope_lv="Kultūra", is_published=False)
    english = make_agreement(city, slug="english", scope_en="Culture", is_published=False)
    answer = chosen(publisher, Agreement, "publish", good, english)
    assert states(Agreement) == {"english": False, "good": True}
    assert said(answer) == [
        "Publicēts 1 ieraksts.",
        "Nav publicēts: Tukums – sadarbības līgums (english). "
        "Ievadiet sadarbības virzienus arī latviešu valodā vai atstājiet līgumu nepublicētu.",
        "Apmeklētāji 1 līgumu vēl neredz, jo tā sadarbības partneris nav publicēts.",
    ]


@pytest.mark.parametrize("way", ["form", "list", "file"])
def test_who_publishes_a_partner_reads_how_many_agreements_are_seen_with_it(publisher, way):
    city = make_city("tukums", is_published=False)
    for slug, is_published in (("one", True), ("two", True), ("draft", False)):
        make_agreement(city, slug=slug, is_published=is_published)
    if way == "file":
        rows = (["slug", "is_published"], ["tukums", "jā"])
        page = preview(publisher, City, sheet(*rows)).content.decode()
        assert (
            "Līdz ar partneriem, kas tiek publicēti, apmeklētāji redzēs arī 2 līgumus, kas atzīmēti kā publicēti."
            in page
        )
        return
    if way == "form":
        posted(publisher, admin_url(City, "change", city.pk), {"is_published": "on"})
        answer = publisher.get(admin_url(City, "changelist"))
    else:
        answer = chosen(publisher, City, "publish", city)
    assert "Līdz ar to apmeklētāji redz arī 2 līgumus, kas atzīmēti kā publicēti." in said(answer)


def test_who_publishes_an_agreement_of_a_draft_partner_reads_that_visitors_do_not_see_it(publisher):
    agreement = make_agreement(make_city(is_published=False), is_published=False, scope_lv="Kultūra")
    posted(publisher, admin_url(Agreement, "change", agreement.pk), {"is_published": "on"})
    answer = publisher.get(admin_url(Agreement, "changelist"))
    assert "Apmeklētāji 1 līgumu vēl neredz, jo tā sadarbības partneris nav publicēts." in said(answer)


def test_publisher_withdraws_many_at_once_each_with_a_version_of_its_history(publisher):
    agreements = [make_agreement(make_city(f"city-{n}"), slug=f"a-{n}") for n in range(3)]
    Agreement.history.all().delete()
    before = dict(Agreement.objects.values_list("slug", "changed_at"))
    answer = chosen(publisher, Agreement, "withdraw", *agreements[:2])
    assert said(answer) == ["Atsaukta 2 ierakstu publicēšana."]
    assert states(Agreement) == {"a-0": False, "a-1": False, "a-2": True}
    assert [row.is_published for row in Agreement.history.filter(slug="a-0")] == [False, True]
    changed = {slug for slug, at in Agreement.objects.values_list("slug", "changed_at") if at > before[slug]}
    assert changed == {"a-0", "a-1"}


def test_all_that_a_filtered_list_shows_is_published_on_all_its_pages(publisher):
    cities = [make_city(f"city-{n}", is_published=False, country="LV") for n in range(60)]
    make_agreement(cities[0], [make_field("culture"), make_field("sport")])
    make_city("lida", country="BY", is_published=False)
    url = f"{admin_url(City, 'changelist')}?country=LV&is_published__exact=0"
    data = {"action": "publish_selected", "_selected_action": [cities[0].pk], "select_across": "1"}
    assert said(publisher.post(url, data, follow=True)) == [
        "Publicēti 60 ieraksti.",
        "Līdz ar to apmeklētāji redz arī 1 līgumu, kas atzīmēts kā publicēts.",
    ]
    assert City.objects.get(is_published=False).slug == "lida"


def test_as_many_queries_publish_sixty_as_publish_two(publisher):
    def cost(*records):
        with CaptureQueriesContext(connection) as queries:
            chosen(publisher, Agreement, "publish", *records)
        return len(queries)

    city = make_city("tukums")
    drafts = [make_agreement(city, slug=f"a-{n}", is_published=False) for n in range(63)]
    chosen(publisher, Agreement, "publish", drafts[0])
    assert cost(*drafts[1:3]) == cost(*drafts[3:])
    assert all(states(Agreement).values())


def test_form_that_lay_open_while_its_record_was_published_tells_of_it(publisher):
    city = make_city("tukums", is_published=False)
    url = admin_url(City, "change", city.pk)
    data = form_data(publisher.get(url))
    chosen(publisher, City, "publish", city)
    answer = publisher.post(url, {**data, "region_lv": "Kurzeme"})
    [conflict] = answer.context["adminform"].form.conflicts
    assert (conflict.label, conflict.theirs) == ("Publicēts", "jā")
    assert states(City) == {"tukums": True}


def test_permission_to_publish_partners_is_none_to_publish_agreements(client, user_as):
    user = user_as(Role.EDITOR)
    user.user_permissions.add(Permission.objects.get(codename="publish_city"))
    client.force_login(user)
    city = make_city("tukums", is_published=False)
    make_agreement(city, slug="a", is_published=False)
    data = {"is_published": "on", "agreements-0-is_published": "on", "agreements-0-scope_lv": "Kultūra"}
    posted(client, admin_url(City, "change", city.pk), data)
    assert (states(City), states(Agreement)) == ({"tukums": True}, {"a": False})
