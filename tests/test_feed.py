"""The feed tells readers what changed, and goes on knowing its entries whatever becomes of their addresses."""

from datetime import UTC, datetime

import feedparser
import pytest
from django.utils.timezone import localdate
from django.utils.translation import override

from partners.models import Agreement, City
from partners.partial_dates import PartialDate

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db


def entries(client, address="/en/agreements.atom", **more):
    return feedparser.parse(client.get(address, **more).content).entries


def lines(entry):
    return entry.summary.replace("<br />", "<br>").split("<br>")


@pytest.fixture
def today():
    """The day of today as the English feed writes it."""
    with override("en"):
        return str(PartialDate(localdate().isoformat()).localized)


def test_entry_says_what_changed_and_what_the_status_was_and_is(client, today):
    agreement = make_agreement(
        make_city("tukums"), [make_field("culture")], signed_on="2012", status="in-force"
    )
    agreement.status, agreement.status_reason_lv = "suspended", "Domes lēmums."
    agreement.save()
    agreement.valid_until = "2030"
    agreement.save()
    agreement.fields.set([])
    [entry] = entries(client)
    assert entry.title == "Tukums – cooperation agreement, 2012 (suspended)"
    assert lines(entry) == [
        f"{today}, changed: fields of cooperation",
        f"{today}, changed: valid until",
        f"{today}, changed: status (in force → suspended), reason",
        "Status: suspended",
    ]
    [latvian] = entries(client, "/lv/ligumi.atom")
    assert latvian.title == "Tukums – sadarbības līgums, 2012. gads (apturēts)"
    assert "statuss (spēkā → apturēts), iemesls" in latvian.summary


def test_entry_of_a_status_that_is_not_stated_says_so(client):
    make_agreement(make_city("tukums"))
    assert lines(entries(client)[0])[-1] == "Status: not stated"


def test_what_was_written_before_visitors_saw_it_is_told_of_as_new_only(client, today):
    draft = make_agreement(make_city("tukums"), status="in-force", is_published=False)
    draft.status, draft.internal_note = "ended", "Slepens"
    draft.save()
    draft.is_published = True
    draft.save()
    draft.internal_note = "Slepenāks"
    draft.save()
    [entry] = entries(client)
    assert lines(entry) == [f"{today}: new in the register", "Status: ended"]


def test_what_was_changed_while_the_partner_was_hidden_is_told_of_as_new_only(client, today):
    city = make_city("tukums", is_published=False)
    agreement = make_agreement(city, status="in-force")
    agreement.status = "ended"
    agreement.save()
    city.is_published = True
    city.save()
    [entry] = entries(client)
    assert lines(entry) == [f"{today}: new in the register", "Status: ended"]


def test_entry_keeps_its_identifier_when_key_scheme_and_host_change(client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    agreement = make_agreement(make_city("tukums"), slug="before")
    [before] = entries(client)
    agreement.slug = "after"
    agreement.save()
    agreement.city.slug = "tukuma-pilseta"
    agreement.city.save()
    [after] = entries(client, secure=True, headers={"host": "other.example"})
    assert after.link == "https://other.example/en/agreements/after/"
    assert (after.id, after.id[:9]) == (before.id, "urn:uuid:")


def test_entries_have_identifiers_of_their_own_in_each_language_and_register(client, register):
    make_agreement(City.objects.get(slug="radom"), slug="more")
    names = [
        entry.id for path in ("/en/agreements.atom", "/lv/ligumi.atom") for entry in entries(client, path)
    ]
    assert (len(names), len(set(names))) == (48, 48)
    [made] = entries(client, "/en/agreements.atom?partner=radom")[:1]
    Agreement.history.filter(history_type="+").update(history_date=datetime(2020, 1, 1, tzinfo=UTC))
    assert made.id != entries(client, "/en/agreements.atom?partner=radom")[0].id


@pytest.mark.parametrize("name", ["partner", "field"])
def test_subscription_goes_on_when_the_key_that_it_asks_for_changes(client, name):
    city, field = make_city("old-key"), make_field("old-key")
    make_agreement(city, [field])
    [before] = entries(client, f"/en/agreements.atom?{name}=old-key")
    record = {"partner": city, "field": field}[name]
    record.slug = "new-key"
    record.save()
    [after] = entries(client, f"/en/agreements.atom?{name}=old-key")
    assert after.id == before.id
    page = client.get(f"/en/agreements/?{name}=old-key")
    assert f'href="http://testserver/en/agreements/?{name}=new-key"' in page.content.decode()


def test_feed_costs_as_many_queries_for_many_changes_as_for_few(client, django_assert_num_queries):
    for number in range(5):
        agreement = make_agreement(make_city(f"tukums-{number}"), slug=f"a-{number}")
        for status in ("in-force", "suspended", "ended"):
            agreement.status = status
            agreement.save()
    with django_assert_num_queries(8):
        client.get("/lv/ligumi.atom")
