"""The delivered register against the checked data it was made from, where that lies beside the project."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override
from django_countries import countries

from partners.models import Agreement, City, CooperationField, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]

CHECKED = Path(settings.BASE_DIR).parent / "shared" / "data"
beside_the_data = pytest.mark.skipif(not CHECKED.is_dir(), reason="the checked data does not lie beside")


def rows(name):
    with (CHECKED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_register_has_the_figures_it_is_known_for():
    assert City.objects.published().count() == 22
    assert City.objects.values("country").distinct().count() == 15
    assert Agreement.objects.published().count() == 23
    assert CooperationField.objects.in_use().count() == CooperationField.objects.count() == 19


def test_magdeburg_and_lida_are_known_to_the_month_only():
    by_month = Agreement.objects.filter(signed_on__regex=r"^\d{4}-\d{2}$")
    assert dict(by_month.values_list("city__slug", "signed_on")) == {
        "magdeburg": "2012-09",
        "lida": "2012-01",
    }


def test_the_additional_agreement_of_radom_supplements_its_first():
    additional = Agreement.objects.get(kind=Agreement.Kind.ADDITIONAL)
    assert (additional.city.slug, additional.signed_on) == ("radom", "2003-11-17")
    assert additional.supplements.signed_on == "1993-12-17"


def test_no_status_is_inferred():
    assert set(Agreement.objects.values_list("status", flat=True)) == {"not-stated"}


def test_introduction_stands_in_both_languages_without_the_contradicted_number():
    home = Page.objects.get(place=Page.Place.HOME)
    assert (home.title_lv, home.title_en) == ("Starptautiskā sadarbība", "International cooperation")
    assert home.body_lv.startswith("Daugavpils ir viesmīlīga un atvērta pilsēta, tāpēc")
    assert home.body_en.startswith("Daugavpils is a hospitable and open city, so")
    assert "18" not in home.body_lv + home.body_en


def test_every_record_obeys_its_rules():
    for model in (City, Agreement, CooperationField, Page):
        for record in model.objects.all():
            record.full_clean()


@beside_the_data
def test_partners_are_the_checked_ones():
    expected = {
        (row["name_lv"], row["name_en"], row["country_code"], row["region_lv"], row["region_en"]): (
            Decimal(row["latitude"]),
            Decimal(row["longitude"]),
            row["website"],
        )
        for row in rows("partners.csv")
    }
    assert expected == {
        (city.name_lv, city.name_en, city.country.code, city.region_lv, city.region_en): (
            city.latitude,
            city.longitude,
            city.website.removeprefix("https://"),
        )
        for city in City.objects.all()
    }


@beside_the_data
@pytest.mark.parametrize("language", ["lv", "en"])
def test_countries_have_their_checked_names(language):
    with override(language):
        named = {row["country_code"]: countries.name(row["country_code"]) for row in rows("partners.csv")}
    assert named == {row["country_code"]: row[f"country_{language}"] for row in rows("partners.csv")}


@beside_the_data
def test_fields_are_the_checked_ones_in_their_order():
    assert list(CooperationField.objects.values_list("slug", "name_lv", "name_en")) == [
        (row["slug"], row["name_lv"], row["name_en"]) for row in rows("fields.csv")
    ]


def checked_scope(row, language):
    """The scope of a checked row as lines in sentence case; running text stands in the note."""
    text = row[f"items_{language}"]
    if not text and row["kind"] == "agreement":
        text = row[f"note_{language}"]
    return [line[:1].upper() + line[1:] for line in text.split(" | ") if line]


@beside_the_data
def test_agreements_have_the_checked_dates_scope_and_fields():
    fields = defaultdict(set)
    for row in rows("agreement_fields.csv"):
        fields[row["agreement_id"]].add(row["field_slug"])
    names = {row["n"]: row["name_en"] for row in rows("partners.csv")}
    expected = {
        (names[row["n"]], row["signed"]): {
            "kind": "additional" if row["kind"] == "additional agreement" else "cooperation",
            "lv": (row["signed_lv"], checked_scope(row, "lv")),
            "en": (row["signed_en"], checked_scope(row, "en")),
            "fields": fields[row["agreement_id"]],
        }
        for row in rows("agreements.csv")
    }
    loaded = {}
    for agreement in Agreement.objects.select_related("city").prefetch_related("fields"):
        entry = {"kind": agreement.kind, "fields": {field.slug for field in agreement.fields.all()}}
        for language in ("lv", "en"):
            with override(language):
                entry[language] = (agreement.signed_on.localized, agreement.scope_lines)
        loaded[agreement.city.name_en, str(agreement.signed_on)] = entry
    assert loaded == expected
