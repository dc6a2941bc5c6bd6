"""What follows from the term of an agreement: deadline for notice, next renewal, and where it stands."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from partners.models import Agreement
from partners.partial_dates import PartialDate
from partners.renewal import EVENTS, Renewal, State, renewal

from .factories import make_agreement, make_city
from .test_admin import admin_url

AHEAD = 6


def agreement(valid_until, renews=None, notice=None, status="not-stated"):
    return Agreement(
        valid_until=valid_until and PartialDate(valid_until),
        renews_automatically=renews,
        notice_months=notice,
        status=status,
    )


def state(today, *facts, **more):
    return renewal(agreement(*facts, **more), date.fromisoformat(today), AHEAD).state


@pytest.mark.parametrize(
    ("valid_until", "last", "after"),
    [
        ("2027-02-27", "2027-02-27", "2027-02-28"),
        ("2027-02", "2027-02-28", "2027-03-01"),
        ("2028-02", "2028-02-29", "2028-03-01"),
        ("2027-12", "2027-12-31", "2028-01-01"),
        ("2027", "2027-12-31", "2028-01-01"),
    ],
)
@pytest.mark.parametrize(
    ("renews", "over"), [(True, State.RENEWED), (False, State.EXPIRED), (None, State.EXPIRED)]
)
def test_term_is_over_after_the_last_day_that_it_may_mean(valid_until, last, after, renews, over):
    assert state(last, valid_until, renews) == State.NOTICE_DUE
    assert state(after, valid_until, renews) == over


@pytest.mark.parametrize(
    ("valid_until", "notice", "opens", "closes"),
    [
        ("2027-12-15", 3, "2027-03-15", "2027-09-15"),
        ("2027-12-31", 3, "2027-03-31", "2027-09-30"),
        ("2027-08-31", None, "2027-02-28", "2027-08-31"),
        ("2028-08-31", None, "2028-02-29", "2028-08-31"),
        ("2028-02-29", 12, "2026-08-29", "2027-02-28"),
        ("2027-12", 3, "2027-03-01", "2027-09-30"),
        ("2027-03", 1, "2026-08-01", "2027-02-28"),
        ("2027", 12, "2025-07-01", "2026-12-31"),
        ("2027", 3, "2026-04-01", "2027-09-30"),
        ("2027", None, "2026-07-01", "2027-12-31"),
    ],
)
def test_notice_is_due_from_months_before_the_first_possible_deadline_to_the_end_of_the_last(
    valid_until, notice, opens, closes
):
    for border, shift in ((opens, -1), (closes, 1)):
        outside = (date.fromisoformat(border) + timedelta(days=shift)).isoformat()
        assert state(border, valid_until, True, notice) == State.NOTICE_DUE
        if notice or border == opens:
            assert state(outside, valid_until, True, notice) == State.RUNNING


@pytest.mark.parametrize("renews", [False, None])
def test_what_does_not_renew_by_itself_is_to_be_decided_on_until_it_ends(renews):
    late_for_notice = "2027-11-01"
    assert state(late_for_notice, "2027-12-31", renews, 3) == State.NOTICE_DUE
    assert state("2027-12-31", "2027-12-31", renews, 3) == State.NOTICE_DUE
    assert state("2028-01-01", "2027-12-31", renews, 3) == State.EXPIRED


@pytest.mark.parametrize(
    ("valid_until", "notice", "notice_by"),
    [
        ("2027-12-31", 6, "2027-06-30"),
        ("2027-03-31", 1, "2027-02-28"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2028-02-29", 1, "2028-01-29"),
        ("2027-01-15", 2, "2026-11-15"),
        ("2027-03", 3, "2026-12"),
        ("2028", 24, "2026"),
        ("2027", 3, None),
        ("2027-12-31", None, None),
    ],
)
def test_deadline_for_notice_is_as_precise_as_the_term_and_unknown_where_the_year_is_not_enough(
    valid_until, notice, notice_by
):
    found = renewal(agreement(valid_until, True, notice), date(2026, 1, 1), AHEAD)
    assert (found.notice_by, found.renews_on) == (notice_by, valid_until)


def test_notice_period_beyond_the_beginning_of_the_calendar_is_reckoned_with():
    assert PartialDate("0050-06").first_day(1200) == date.min
    assert state("0050-06-30", "0050-06", True, 1200) == State.RUNNING


@pytest.mark.parametrize("renews", [False, None])
def test_next_renewal_is_stated_only_of_what_renews_automatically(renews):
    assert renewal(agreement("2027", renews), date(2026, 1, 1), AHEAD) == Renewal(State.RUNNING)


def run_on(signed_on, valid_until, today="2026-11-29", notice=None):
    """What is said of an agreement that renews automatically."""
    kept = agreement(valid_until, True, notice)
    kept.signed_on = signed_on and PartialDate(signed_on)
    return renewal(kept, date.fromisoformat(today), AHEAD)


@pytest.mark.parametrize(
    ("signed_on", "valid_until", "renewed_on", "renews_on"),
    [
        ("2010-03-14", "2015-03-13", "2025-03-13", "2030-03-13"),
        ("2010-03-14", "2015-03-14", "2025-03-14", "2030-03-14"),
        ("2014-01-01", "2016-12-31", "2025-12-31", "2028-12-31"),
        ("2024-03-01", "2025-02-28", "2026-02-28", "2027-02-28"),
        ("2024-03-01", "2024-08-31", "2026-08-31", "2027-02-28"),
        ("2017-11-17", "2022-12-31", "2022-12-31", "2028-01-31"),
        ("2021-11", "2023-11", "2025-11", "2027-11"),
        ("2014-01", "2016-12", "2025-12", "2028-12"),
        ("2014-01-15", "2017-01", "2026-01", "2029-01"),
        ("2014-01", "2017-01-14", "2026-01-14", "2029-01-14"),
    ],
)
def test_what_renews_automatically_goes_on_for_as_long_as_its_first_term(
    signed_on, valid_until, renewed_on, renews_on
):
    found = run_on(signed_on, valid_until)
    assert (found.renewed_on, found.renews_on) == (renewed_on, renews_on)


@pytest.mark.parametrize(
    ("signed_on", "valid_until"),
    [
        (None, "2025-03-14"),
        ("2015", "2018"),
        ("2015-03-14", "2018"),
        ("2015", "2018-03-14"),
        ("2015-03", "2015-05"),
        ("2025-03-14", "2025-03-20"),
        ("2025-03", "2025-03"),
    ],
)
def test_no_date_is_made_up_where_the_dates_do_not_tell_how_long_the_first_term_was(signed_on, valid_until):
    assert run_on(signed_on, valid_until, notice=3) == Renewal(State.RENEWED)


@pytest.mark.parametrize(
    ("today", "state", "notice_by", "renews_on"),
    [
        ("2025-03-14", State.RUNNING, "2024-12-14", "2025-03-14"),
        ("2025-03-15", State.RENEWED, "2029-12-14", "2030-03-14"),
        ("2029-06-13", State.RENEWED, "2029-12-14", "2030-03-14"),
        ("2029-06-14", State.NOTICE_DUE, "2029-12-14", "2030-03-14"),
        ("2029-12-14", State.NOTICE_DUE, "2029-12-14", "2030-03-14"),
        ("2029-12-15", State.RENEWED, "2029-12-14", "2030-03-14"),
        ("2030-03-14", State.RENEWED, "2029-12-14", "2030-03-14"),
        ("2030-03-15", State.RENEWED, "2034-12-14", "2035-03-14"),
    ],
)
def test_each_further_term_has_its_own_deadline_for_notice(today, state, notice_by, renews_on):
    found = run_on("2020-03-14", "2025-03-14", today, notice=3)
    assert found[:3] == (state, notice_by, renews_on)
    assert found.renewed_on == (PartialDate(renews_on).minus_months(60) if today > "2025-03-14" else None)


@pytest.mark.parametrize(
    ("valid_until", "status"),
    [(None, "in-force"), ("2020", "ended"), ("2020", "suspended"), ("2027", "ended")],
)
def test_unknown_term_and_stopped_agreement_have_no_renewal(valid_until, status):
    found = renewal(agreement(valid_until, True, 3, status), date(2026, 11, 25), AHEAD)
    assert found == Renewal(None, None, None)


@pytest.fixture
def terms(db):
    """Agreements whose terms end on every border that there is round the turns of two months."""
    city = make_city()
    ends = [f"2027-{rest}" for rest in ("01-31", "02-27", "02-28", "03-01", "03-30", "03-31", "02", "03")]
    ends += ["2026-12-31", "2026-12", "2026-08-28", "2026-08-31", "2026", "2027", "2028", "2028-02-29", None]
    number = 0
    for end in ends:
        for notice in (None, 1, 2, 12, 1200):
            for renews, status in ((True, "in-force"), (None, "not-stated"), (False, "ended")):
                number += 1
                make_agreement(
                    city,
                    slug=f"a-{number}",
                    valid_until=end,
                    notice_months=notice,
                    renews_automatically=renews,
                    status=status,
                )


@pytest.fixture
def terms_run_on(db):
    """Agreements that have been renewed, and look like it, with dates of every precision."""
    city, number = make_city(), 0
    ends = ("2020-02-29", "2022-01-31", "2024-08-30", "2025-12-31", "2026-02", "2026-07", "2024")
    lengths = ("2019-01-31", "2019-08-31", "2019-12", "2019-02", "2019", "2019-01-01", "2019-02-14", None)
    for end in ends:
        for signed_on in lengths:
            for notice in (None, 2, 18):
                for renews, status in ((True, "in-force"), (None, "in-force"), (True, "suspended")):
                    number += 1
                    make_agreement(
                        city,
                        slug=f"r-{number}",
                        signed_on=signed_on,
                        valid_until=end,
                        notice_months=notice,
                        renews_automatically=renews,
                        status=status,
                    )


def test_database_and_single_agreement_agree_on_every_state_of_what_has_run_on(terms_run_on):
    days = ("2026-01-30", "2026-01-31", "2026-02-28", "2026-08-29", "2026-08-31", "2027-06-14", "2028-02-29")
    records = list(Agreement.objects.all())
    for today in (date.fromisoformat(day) for day in days):
        for event in EVENTS:
            found = set(Agreement.objects.in_state(event, today, AHEAD).values_list("slug", flat=True))
            expected = {each.slug for each in records if renewal(each, today, AHEAD).state == event}
            assert (today, event, found ^ expected) == (today, event, set())
            assert found


def test_database_and_single_agreement_agree_on_every_state(terms):
    days = ("2026-02-28", "2026-08-30", "2026-08-31", "2027-01-31", "2027-02-27", "2027-02-28", "2028-02-28")
    seen = set()
    for today in (date.fromisoformat(day) for day in days):
        for ahead in (1, AHEAD):
            for event in EVENTS:
                found = set(Agreement.objects.in_state(event, today, ahead).values_list("slug", flat=True))
                expected = {
                    each.slug
                    for each in Agreement.objects.all()
                    if renewal(each, today, ahead).state == event
                }
                assert (today, ahead, event, found) == (today, ahead, event, expected)
                seen |= {event} if found else set()
    assert seen == set(EVENTS)


@pytest.fixture
def on_the_desk(db):
    """One agreement in each state, on whatever day the test runs."""
    city, today = make_city(), localdate()
    last, next_ = str(today.year - 1), str(today.year + 5)
    make_agreement(city, slug="running", valid_until=next_)
    make_agreement(city, slug="due", valid_until=str(today.year), renews_automatically=True)
    make_agreement(city, slug="expired", valid_until=last)
    make_agreement(city, slug="renewed", valid_until=last, renews_automatically=True)
    make_agreement(city, slug="ended", valid_until=last, status="ended")
    make_agreement(city, slug="unknown")


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("notice-due", {"due"}),
        ("expired", {"expired"}),
        ("renewed", {"renewed"}),
        ("nonsense", {"running", "due", "expired", "renewed", "ended", "unknown"}),
    ],
)
def test_agreement_list_is_filtered_by_the_state_of_the_term(admin_client, on_the_desk, term, found):
    response = admin_client.get(admin_url(Agreement, "changelist"), {"term": term})
    assert {agreement.slug for agreement in response.context["cl"].result_list} == found


@pytest.mark.ignore_template_errors
def test_list_filtered_by_term_costs_as_many_queries_for_many_agreements_as_for_few(admin_client):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(admin_url(Agreement, "changelist"), {"term": "expired"})
        return len(queries)

    make_agreement(make_city("cesis"), valid_until="2020")
    cost()
    few = cost()
    for number in range(20):
        make_agreement(make_city(f"city-{number}"), valid_until="2020")
    assert cost() == few


@pytest.mark.ignore_template_errors
def test_form_shows_what_follows_from_the_term_in_the_language_of_the_officer(admin_client):
    kept = make_agreement(valid_until="2999-12", notice_months=6, renews_automatically=True)
    for language, shown in (
        ("lv", ["termiņš nav beidzies", "2999. gada jūnijs", "2999. gada decembris"]),
        ("en", ["term running", "June 2999", "December 2999"]),
    ):
        form = admin_client.get(admin_url(Agreement, "change", kept.pk, language=language)).context[
            "adminform"
        ]
        [term] = [fieldset for fieldset in form if "valid_until" in fieldset.fields]
        derived = [field for line in term for field in line if field.is_readonly]
        assert [field.contents() for field in derived] == shown
    kept.refresh_from_db()
    assert kept.status == "not-stated"


@pytest.mark.ignore_template_errors
def test_form_of_an_agreement_without_a_term_leaves_what_would_follow_unknown(admin_client):
    for url in (
        admin_url(Agreement, "add"),
        admin_url(Agreement, "change", make_agreement().pk),
    ):
        form = admin_client.get(url).context["adminform"]
        [term] = [fieldset for fieldset in form if "valid_until" in fieldset.fields]
        derived = [field.contents() for line in term for field in line if field.is_readonly]
        assert derived == ["nav norādīts"] * 3
