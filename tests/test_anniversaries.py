"""Round anniversaries, from dates of any precision."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from partners.anniversaries import anniversaries, coming_anniversaries, next_anniversary
from partners.models import Agreement

from .factories import make_agreement, make_city
from .test_public_pages import text_of

pytestmark = pytest.mark.django_db


def in_year(year):
    return [
        (found.agreement.slug, found.years, str(found.on))
        for found in anniversaries(Agreement.objects.published(), year)
    ]


def test_anniversary_is_as_precise_as_the_date_of_signing():
    city = make_city("tukums")
    for slug, signed_on in (("day", "2012-09-17"), ("month", "2012-09"), ("year", "2012"), ("unknown", None)):
        make_agreement(city, slug=slug, signed_on=signed_on)
    assert in_year(2027) == [
        ("year", 15, "2027"),
        ("month", 15, "2027-09"),
        ("day", 15, "2027-09-17"),
    ]
    assert in_year(2026) == in_year(2012) == in_year(2007) == []


def test_leap_day_is_kept_on_28_february_in_other_years():
    make_agreement(make_city("tukums"), slug="leap", signed_on="2004-02-29")
    assert in_year(2009) == [("leap", 5, "2009-02-28")]
    assert in_year(2024) == [("leap", 20, "2024-02-29")]


def test_agreement_that_has_ended_or_is_a_draft_has_no_anniversary():
    city = make_city("tukums")
    make_agreement(city, slug="ended", signed_on="2012", status="ended")
    make_agreement(city, slug="draft", signed_on="2012", is_published=False)
    make_agreement(city, slug="suspended", signed_on="2012", status="suspended")
    assert in_year(2022) == [("suspended", 10, "2022")]


@pytest.mark.parametrize(
    ("signed_on", "today", "expected"),
    [
        ("2012-09-17", date(2026, 11, 25), (15, "2027-09-17")),
        ("2006-11-25", date(2026, 11, 25), (20, "2026-11-25")),
        ("2006-11-24", date(2026, 11, 25), (25, "2031-11-24")),
        ("2006-11", date(2026, 11, 25), (20, "2026-11")),
        ("2006-10", date(2026, 11, 25), (25, "2031-10")),
        ("2006", date(2026, 11, 25), (20, "2026")),
        ("2026-11-25", date(2026, 11, 25), (5, "2031-11-25")),
        ("2030", date(2026, 11, 25), (5, "2035")),
        (None, date(2026, 11, 25), None),
    ],
)
def test_next_anniversary_is_the_first_that_has_not_passed(signed_on, today, expected):
    agreement = make_agreement(make_city("tukums"), signed_on=signed_on)
    agreement.refresh_from_db()
    found = next_anniversary(agreement, today)
    assert (found and (found.years, str(found.on))) == expected


@pytest.mark.parametrize(
    ("years", "words"),
    [(5, "5 gadi"), (10, "10 gadi"), (25, "25 gadi"), (100, "100 gadi")],
)
def test_years_are_counted_in_the_right_form(client, years, words):
    from django.utils import timezone

    year = timezone.localdate().year - years
    make_agreement(make_city("tukums"), signed_on=f"{year}")
    assert f"{words} Tukums – sadarbības līgums" in text_of(client.get("/lv/jubilejas/"))


def test_page_lists_this_year_and_the_next_and_says_how_days_are_kept(client, register):
    shown = text_of(client.get("/en/anniversaries/"))
    assert "An agreement signed on 29 February has its anniversary on 28 February" in shown
    assert [year for year, *_found in client.get("/lv/jubilejas/").context["years"]] == [
        date.today().year,  # noqa: DTZ011 the tests run in one zone
        date.today().year + 1,  # noqa: DTZ011
    ]


def test_page_shows_the_first_hundred_of_a_year_and_leads_to_all(client):
    city, year = make_city("tukums"), timezone.localdate().year
    Agreement.objects.bulk_create(
        Agreement(slug=f"{number:03}", city=city, signed_on=str(year - 10), is_published=True)
        for number in range(101)
    )
    page = client.get("/lv/jubilejas/")
    assert [found.agreement.slug for found in page.context["years"][0][1]] == [f"{n:03}" for n in range(100)]
    assertContains(
        page, f'href="/lv/ligumi/?anniversary={year}">Visi līgumi ar apaļu jubileju {year}. gadā</a>'
    )
    Agreement.objects.filter(slug="000").delete()
    assertNotContains(client.get("/lv/jubilejas/"), "?anniversary=")


def test_coming_anniversaries_begin_on_the_day_and_go_on_through_the_next_year():
    city = make_city()
    for slug, signed in (
        ("leap-day", "2008-02-29"),
        ("a-day-ago", "2018-02-27"),
        ("this-month", "2003-02"),
        ("this-year", "1998"),
        ("a-month-ago", "2003-01"),
        ("next-year", "1999-01-01"),
        ("not-round", "2006-05-05"),
    ):
        make_agreement(city, slug=slug, signed_on=signed)
    coming = coming_anniversaries(Agreement.objects.all(), date(2023, 2, 28), most=9)
    assert [(each.agreement.slug, each.on) for each in coming] == [
        ("this-year", "2023"),
        ("this-month", "2023-02"),
        ("leap-day", "2023-02-28"),
        ("next-year", "2024-01-01"),
    ]


def test_no_more_coming_anniversaries_are_read_than_are_asked_for():
    city = make_city()
    for number in range(9):
        make_agreement(city, slug=f"this-{number}", signed_on=f"2003-03-0{number + 1}")
        make_agreement(city, slug=f"next-{number}", signed_on=f"2004-03-0{number + 1}")
    with CaptureQueriesContext(connection) as queries:
        coming = coming_anniversaries(Agreement.objects.all(), date(2023, 1, 1), most=4)
    assert [each.agreement.slug for each in coming] == ["this-0", "this-1", "this-2", "this-3"]
    assert [query["sql"].endswith("LIMIT 4") for query in queries] == [True]
