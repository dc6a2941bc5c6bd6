"""The database keeps count of the published agreements, whatever writes them."""

import pytest
from django.core.management import call_command
from django.db import connection

from partners.models import Agreement, CooperationField, Tally
from partners.models.tally import ANY_FIELD, ANY_YEAR, CELL, EVERY_CELL

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db


def kept():
    cells = {}
    for *cell, count in Tally.objects.values_list(*CELL.split(", "), "agreements"):
        cells[tuple(cell)] = cells.get(tuple(cell), 0) + count
    return {cell: count for cell, count in cells.items() if count}


def counted():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {CELL}, count(*) FROM ({EVERY_CELL}) AS cells GROUP BY {CELL}")  # noqa: S608 of constants
        return {tuple(cell): count for *cell, count in cursor.fetchall()}


def test_loaded_register_is_counted(register):
    assert kept() == counted()
    everything = Tally.objects.filter(field_id=ANY_FIELD, year=ANY_YEAR)
    assert sum(everything.values_list("agreements", flat=True)) == 23


@pytest.mark.parametrize(
    "write",
    [
        lambda agreement, other, field: agreement.delete(),
        lambda agreement, other, field: Agreement.objects.all().delete(),
        lambda agreement, other, field: Agreement.objects.update(status="ended"),
        lambda agreement, other, field: Agreement.objects.update(signed_on=None, kind="protocol"),
        lambda agreement, other, field: Agreement.objects.update(city=make_city("saldus")),
        lambda agreement, other, field: Agreement.objects.update(is_published=False),
        lambda agreement, other, field: Agreement.objects.filter(pk=other.pk).update(is_published=True),
        lambda agreement, other, field: Agreement.objects.bulk_create(
            [Agreement(city=agreement.city, slug="more", scope_lv="x", is_published=True)]
        ),
        lambda agreement, other, field: agreement.fields.clear(),
        lambda agreement, other, field: agreement.fields.add(field),
        lambda agreement, other, field: agreement.fields.set([field]),
        lambda agreement, other, field: Agreement.fields.through.objects.update(cooperationfield=field),
        lambda agreement, other, field: Agreement.fields.through.objects.update(agreement=other),
        lambda agreement, other, field: call_command("loaddata", "daugavpils", verbosity=0),
    ],
)
def test_count_is_right_after_every_kind_of_write(write):
    city = make_city("tukums")
    agreement = make_agreement(city, [make_field("culture")], slug="a", signed_on="2001-05")
    other = make_agreement(city, slug="b", is_published=False)
    field = make_field("sport")
    before = counted()
    assert kept() == before
    write(agreement, other, field)
    assert kept() == counted() != before


def test_what_is_saved_without_a_change_is_counted_once():
    agreement = make_agreement(make_city("tukums"), [make_field("culture")])
    agreement.save()
    assert kept() == counted()


@pytest.mark.django_db(transaction=True)
def test_rows_are_added_up_when_a_transaction_ends():
    agreement = make_agreement(make_city("tukums"), [make_field("culture")], signed_on="2001")
    assert set(Tally.objects.values_list("writer", "agreements")) == {(0, 1)}
    assert kept() == counted()
    agreement.fields.clear()
    agreement.delete()
    CooperationField.objects.all().delete()
    assert list(Tally.objects.present()) == []
