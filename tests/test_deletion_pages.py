"""Pages that ask before deleting: what they promise holds, and they stay short."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import (
    Agreement,
    City,
    CooperationField,
    DigestSubscription,
    Page,
)

from .factories import make_agreement, make_city, make_document, make_field
from .test_admin import admin_url, deletion_of

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

RECOVERABLE, LOST = "no turienes to var atjaunot", "to nevarēs atjaunot"
MADE = {
    City: make_city,
    CooperationField: make_field,
    Agreement: make_agreement,
    Page: lambda: Page.objects.create(place="about", title_lv="Par reģistru", body_lv="Teksts"),
}


def asking(client, model, records):
    """The page that asks whether to delete what was chosen from the list."""
    chosen = {"action": "delete_selected", "_selected_action": [record.pk for record in records]}
    return client.post(admin_url(model, "changelist"), chosen)


@pytest.mark.parametrize("model", [*MADE, DigestSubscription])
def test_recovery_is_promised_where_there_is_one_and_nowhere_else(admin_client, admin_user, model):
    record = (
        DigestSubscription.objects.create(user=admin_user) if model is DigestSubscription else MADE[model]()
    )
    pages = [admin_client.get(admin_url(model, "delete", record.pk)), asking(admin_client, model, [record])]
    texts = [page.content.decode() for page in pages]
    expected = (True, False) if hasattr(model, "history") else (False, True)
    assert [(RECOVERABLE in text, LOST in text) for text in texts] == [expected] * 2


def in_use(make_one):
    """A record, and how it is kept by `count` others."""

    def make(count):
        record, keep = make_one()
        for number in range(count):
            keep(number)
        return record

    return make


@in_use
def field_in_use():
    field, city = make_field(), make_city()
    return field, lambda number: make_agreement(city, [field], slug=f"a-{number:02}")


@in_use
def partner_with_agreements():
    city = make_city()
    return city, lambda number: make_agreement(city, slug=f"a-{number:02}")


@in_use
def agreement_with_documents():
    agreement = make_agreement()
    return agreement, lambda number: make_document(agreement)


@pytest.mark.parametrize("make", [field_in_use, partner_with_agreements, agreement_with_documents])
@pytest.mark.parametrize(
    ("count", "rest"), [(20, []), (21, ["un vēl 1 ieraksts"]), (22, ["un vēl 2 ieraksti"])]
)
def test_what_keeps_a_record_from_being_deleted_is_named_up_to_twenty(admin_client, make, count, rest):
    record = make(count)
    address = admin_url(type(record), "delete", record.pk)
    page = admin_client.get(address)
    named = page.context["protected"]
    assert (len(named[:20]), named[20:]) == (20, rest)
    assert "/change/" in named[0]
    assert asking(admin_client, type(record), [record]).context["protected"] == named
    admin_client.post(address, deletion_of(record))
    assert type(record).objects.filter(pk=record.pk).exists()


def test_page_of_a_record_in_use_costs_the_same_queries_whatever_the_number_of_users(admin_client):
    def queries(field):
        address = admin_url(CooperationField, "delete", field.pk)
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(address)
        return len(captured)

    fields = make_field("few"), make_field("many")
    city = make_city()
    for number in range(60):
        make_agreement(city, [fields[1], *([fields[0]] if number < 25 else [])], slug=f"a-{number}")
    queries(fields[0])
    assert queries(fields[0]) == queries(fields[1])


def test_of_many_chosen_twenty_are_named_and_all_deleted(admin_client):
    fields = [make_field(f"field-{number:02}") for number in range(32)]
    page = asking(admin_client, CooperationField, fields)
    named = page.context["deletable_objects"][0]
    assert (len(named), named[20]) == (21, "un vēl 12 ieraksti")
    last_change = page.context["last_change"]
    admin_client.post(
        admin_url(CooperationField, "changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [field.pk for field in fields],
            "post": "yes",
            "last_change": last_change.pk,
        },
    )
    assert CooperationField.objects.count() == 0


def test_published_one_among_many_chosen_keeps_an_editor_from_deleting_any(client, user_with):
    drafts = [make_city(f"city-{number:02}", is_published=False) for number in range(24)]
    shown = make_city("zilupe")
    client.force_login(user_with("view_city", "delete_city"))
    page = asking(client, City, [*drafts, shown])
    assert "Nekas nav dzēsts: starp atlasītajiem ierakstiem ir publicēti." in page.content.decode()
