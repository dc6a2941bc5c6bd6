"""Searches among many agreements: their words are in an index that the database keeps."""

import pytest
from django.core.management import call_command

from partners.models import Agreement, City

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db


def mentioned(word):
    return list(Agreement.objects.filter(search_text__mentions=word).values_list("slug", flat=True))


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (lambda agreement: agreement.delete(), []),
        (lambda agreement: Agreement.objects.all().delete(), []),
        (lambda agreement: Agreement.objects.filter(slug="a").update(search_text="b"), []),
        (lambda agreement: Agreement.objects.filter(slug="a").update(slug="c"), ["c"]),
        (lambda agreement: Agreement.objects.filter(slug="b").update(search_text="kultura"), ["a", "b"]),
        (
            lambda agreement: Agreement.objects.bulk_create(
                [Agreement(city=agreement.city, slug="d", scope_lv="Kultūra", is_published=True)]
            ),
            ["a", "d"],
        ),
    ],
)
def test_words_are_found_after_every_kind_of_write(write, found):
    city = make_city("tukums")
    agreement = make_agreement(city, slug="a", scope_lv="Kultūra un māksla", scope_en="")
    make_agreement(city, slug="b", scope_lv="Sports", scope_en="")
    assert mentioned("kult") == ["a"]
    write(agreement)
    assert sorted(mentioned("kult")) == found


def test_loaded_agreements_are_found():
    call_command("loaddata", "daugavpils", verbosity=0)
    assert "radom-2003" in mentioned("radom")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("kult", True),
        ("ultur", False),
        ("un", True),
        ("u", False),
        ("12a34", True),
        ("12", False),
        ("34", False),
    ],
)
def test_word_is_found_by_its_beginning_and_a_short_one_as_a_whole(word, found):
    make_agreement(make_city("tukums"), slug="a", scope_lv="Kultūra un māksla\n12a34", scope_en="")
    assert mentioned(word) == ["a"] * found


def test_word_of_any_length_can_be_kept():
    make_agreement(make_city("tukums"), slug="a", scope_lv="ā" * 30_000, scope_en="")
    assert mentioned("a" * 100) == ["a"]


@pytest.fixture
def many():
    """2,101 agreements with Tukums: all on sport, one on theatre; and one with Saldus on theatre."""
    tukums, saldus = make_city("tukums", country="LT"), make_city("saldus", country="LV")
    Agreement.objects.bulk_create(
        Agreement(
            slug=f"tukums-{number}",
            city=tukums,
            signed_on=f"{1990 + number % 30}",
            scope_lv="Sports un teātris" if number == 7 else "Sports",
            is_published=True,
        )
        for number in range(2_101)
    )
    make_agreement(saldus, slug="saldus-2001", scope_lv="Teātris", scope_en="", signed_on="2001")
    culture = make_field("culture", name_lv="Kultūra", name_en="Culture")
    Agreement.fields.through.objects.bulk_create(
        Agreement.fields.through(agreement=agreement, cooperationfield=culture)
        for agreement in Agreement.objects.exclude(slug="tukums-7")
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("sports", 2_101),
        ("teātris", 2),
        ("kultūra", 2_101),
        ("Tukums", 2_101),
        ("Lietuva", 2_101),
        ("Latvija", 1),
        ("sports teātris", 1),
        ("kultūra teātris", 1),
        ("sports Saldus", 0),
        ("kultūra Tukums", 2_100),
        ("teātris Tukums", 1),
    ],
)
def test_search_finds_all_whether_they_are_many_or_few(many, text, count):
    assert Agreement.objects.published().found_by(text).count() == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sports", ["tukums"]),
        ("teātris", ["saldus", "tukums"]),
        ("kultūra", ["saldus", "tukums"]),
        ("sports teātris", ["tukums"]),
        ("kultūra Latvija", ["saldus"]),
    ],
)
def test_partner_is_found_by_its_agreements_whether_they_are_many_or_few(many, text, found):
    cities = City.objects.published().found_by(text).alphabetical()
    assert list(cities.values_list("slug", flat=True)) == found


def test_of_more_than_a_thousand_found_the_first_thousand_are_shown_and_that_is_said(client, many):
    response = client.get("/lv/ligumi/?q=sports&page=40")
    assert "Vairāk nekā 1000 līgumu" in response.content.decode()
    slugs = Agreement.objects.published().found_by("sports").newest_first().values_list("slug", flat=True)
    assert [agreement.slug for agreement in response.context["agreement_list"]] == list(slugs[975:1000])
    assert client.get("/lv/ligumi/?q=sports&page=41").status_code == 404
    assert client.get("/lv/ligumi/?q=sports&page=last").context["page_obj"].number == 40


def test_what_would_be_left_of_more_than_a_thousand_is_not_counted(client, many):
    offers = client.get("/lv/ligumi/?q=sports").context["form"].offers
    assert [offer.label for offer in offers["country"]] == ["Visas valstis", "Latvija", "Lietuva"]
    assert [offer.label for offer in offers["field"]] == ["Visas jomas", "Kultūra"]


def test_what_would_be_left_is_counted_where_no_more_are_found(client, many):
    offers = client.get("/lv/ligumi/?q=teātris&country=LV").context["form"].offers
    assert [offer.label for offer in offers["country"]] == ["Visas valstis", "Latvija (1)", "Lietuva (1)"]
    assert [offer.label for offer in offers["field"]] == ["Visas jomas", "Kultūra (1)"]
    narrowed = client.get("/lv/ligumi/?q=kultūra&country=LV").context["form"]
    assert narrowed.finding.count == 1
    assert [offer.label for offer in narrowed.offers["country"]] == ["Visas valstis", "Latvija", "Lietuva"]
    assert [offer.label for offer in narrowed.offers["field"]] == ["Visas jomas", "Kultūra (1)"]


def test_mistyped_word_is_understood_among_many(client, many):
    response = client.get("/lv/ligumi/?q=teātrsi")
    assert sorted(agreement.slug for agreement in response.context["agreement_list"]) == [
        "saldus-2001",
        "tukums-7",
    ]
