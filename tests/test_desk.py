"""The front page of the admin: what is there, what to see to, what comes and what went."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.desk import Desk
from partners.models import Agreement, City

from .factories import make_agreement, make_city, make_field
from .spreadsheets import imported
from .test_admin import admin_url, posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

TODAY = date(2026, 11, 25)


def test_what_needs_attention_is_counted_and_leads_to_just_these_records(admin_client, admin_user):
    on_the_map = {"latitude": 57, "longitude": 23, "name_en": "X"}
    city = make_city("tukums", **on_the_map)
    make_city("cesis", is_published=False, **{**on_the_map, "latitude": None, "longitude": None})
    culture = make_field(name_en="Culture")
    make_agreement(city, [culture], slug="due", valid_until="2027-02", signed_on="2003")
    make_agreement(city, [culture], slug="over", valid_until="2026-10", signed_on="2003")
    make_agreement(city, slug="bare", is_published=False)
    lines = Desk(admin_user, TODAY).attention
    assert [line.sentence for line in lines] == [
        "1 līgums: laiks lemt par pagarināšanu",
        "1 līgumam beidzies termiņš",
        "1 līgums nav publicēts",
        "1 sadarbības partneris nav publicēts",
        "1 līgumam nav nevienas sadarbības jomas",
        "1 sadarbības partneris nav kartē",
    ]
    listed = [
        [record.slug for record in admin_client.get(line.url).context["cl"].result_list] for line in lines[1:]
    ]
    assert listed == [["over"], ["bare"], ["cesis"], ["bare"], ["cesis"]]


def test_translations_are_counted_by_kind_and_lead_to_just_these_records(admin_client, admin_user):
    make_city("latvian")
    make_city("older", name_en="Older", older_language="en")
    make_field("sport", name_en="Sport", older_language="lv")
    told = Desk(admin_user, TODAY).translations
    assert [(str(kind), [line.sentence for line in lines]) for kind, lines in told] == [
        ("sadarbības partneri", ["1 ierakstam trūkst angļu teksta", "1 ierakstam jāpārskata angļu teksts"]),
        ("sadarbības jomas", ["1 ierakstam jāpārskata latviešu teksts"]),
    ]
    found = [
        [record.slug for record in admin_client.get(line.url).context["cl"].result_list]
        for _kind, lines in told
        for line in lines
    ]
    assert found == [["latvian"], ["older"], ["sport"]]


def test_next_anniversaries_begin_today(admin_user):
    city = make_city()
    for slug, signed in (
        ("past", "2006-11-24"),
        ("today", "2006-11-25"),
        ("next-year", "2002-01"),
        ("no", "2007"),
    ):
        make_agreement(city, slug=slug, signed_on=signed)
    coming = Desk(admin_user, TODAY).anniversaries
    assert [(each.agreement.slug, each.years, each.on) for each in coming] == [
        ("today", 20, "2026-11-25"),
        ("no", 20, "2027"),
        ("next-year", 25, "2027-01"),
    ]


def test_last_changes_name_each_record_once_and_who_changed_it(admin_client, admin_user):
    city = make_city()
    agreement = make_agreement(city)
    for region in ("Kurzeme", "Zemgale"):
        posted(admin_client, admin_url(City, "change", city.pk), {"region_lv": region})
    posted(admin_client, admin_url(Agreement, "change", agreement.pk), {"signed_on": "2003"})
    changes = Desk(admin_user, TODAY).changes
    assert [(change.name, change.version.history_user, change.url) for change in changes] == [
        ("Tukums – sadarbības līgums, 2003. gads", admin_user, admin_url(Agreement, "history", agreement.pk)),
        ("Tukums", admin_user, admin_url(City, "history", city.pk)),
    ]


def test_last_imports_are_listed(admin_client, admin_user):
    imported(admin_client, City, ["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"])
    assert [(each.subject, each.imported_by) for each in Desk(admin_user, TODAY).imports] == [
        ("city", admin_user)
    ]


def test_front_page_shows_only_what_the_user_may_view(client, user_with):
    make_agreement(make_city(is_published=False), is_published=False)
    client.force_login(user_with("view_city"))
    desk = client.get("/lv/admin/").context["desk"]
    assert [line.sentence for line in desk.totals] == ["1 sadarbības partneris"]
    assert [line.sentence for line in desk.attention] == [
        "1 sadarbības partneris nav publicēts",
        "1 sadarbības partneris nav kartē",
    ]
    assert (desk.anniversaries, list(desk.imports), desk.figures) == ([], [], None)
    assert [change.name for change in desk.changes] == ["Tukums"]


def test_front_page_costs_as_many_queries_whatever_the_register_holds(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get("/lv/admin/")
        return len(captured)

    city = make_city("first")
    for number in range(10):
        topic = make_field(f"first-{number}")
        make_agreement(city, [topic], slug=f"a-{number}")
        make_city(f"other-{number}")
    few = queries()
    for number in range(30):
        make_agreement(make_city(f"city-{number}"), [make_field(f"f-{number}")], slug=f"b-{number}")
        make_city(f"empty-{number}")
    assert queries() == few
