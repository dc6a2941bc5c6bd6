"""An apostrophe inside a word does not part it, whichever it is: in a search, in names, in spreadsheets."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from partners.duplicates import named_like
from partners.models import Agreement, City, CooperationField
from partners.text import fold, searchable

from .factories import make_agreement, make_city
from .spreadsheets import imported, preview, problems, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        *[("Xi’an", "xian"), ("Xi'an", "xian"), ("Xian", "xian"), ("Kamʼianets", "kamianets")],
        *[("Qur`an", "quran"), ("Hawaiʻi", "hawaii"), ("Тольятти", "tolyatti")],
        *[("‘Ābols’ un 'x'", "abols un x"), ("Naro‑Fominsk", "naro fominsk")],
    ],
)
def test_apostrophe_is_no_gap(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize("typed", ["Xian", "xi'an", "Xi’an", "Xiʼan"])
@pytest.mark.parametrize("name", ["Xi’an", "Xian", "Xi'an"])
def test_partner_is_found_however_the_apostrophe_is_typed(client, typed, name):
    make_city("xian", name_lv=name, country="CN")
    assert City.objects.found_by(typed).count() == 1


@pytest.mark.parametrize("typed", ["Aquila", "l'aquila", "L’Aquila", "laquila"])
def test_word_behind_an_apostrophe_is_found_by_itself(typed):
    assert searchable("L’Aquila") == "laquila l aquila"
    make_city("aquila", name_lv="L’Aquila", country="IT")
    make_agreement(slug="a", scope_lv="Sadarbība ar L’Aquila")
    assert [city.slug for city in City.objects.matching(typed).order_by("slug")] == ["aquila", "tukums"]
    assert [agreement.slug for agreement in Agreement.objects.found_by(typed)] == ["a"]


def test_country_with_an_apostrophe_is_found_by_either_part():
    make_city("abidjan", name_lv="Abidžana", country="CI")
    assert [City.objects.found_by(word).count() for word in ("ivoire", "d’ivoire", "divoire")] == [1, 1, 1]


@pytest.mark.parametrize("name", ["Xian", "Xi'an", "Xiʼan"])
def test_agreement_finds_its_partner_whatever_the_apostrophe(admin_client, name):
    make_city("xian", name_lv="Xi’an", country="CN")
    imported(admin_client, Agreement, ["city", "signed_on"], [name, "2012"])
    assert Agreement.objects.get().city.slug == "xian"


@pytest.mark.parametrize("known", [True, False])
def test_partner_is_not_made_twice_because_of_an_apostrophe(admin_client, known):
    rows = [
        ["name_en", "country"],
        ["Xi’an", "CN"],
        ["Kamianets-Podilskyi", "UA"],
        ["Kamʼianets-Podilskyi", "UA"],
    ]
    if known:
        make_city("xian", name_lv="", name_en="Xian", country="CN", is_published=False)
    else:
        rows.append(["Xian", "CN"])
    refused = preview(admin_client, City, sheet(*rows))
    assert [row for row, *_rest in problems(refused)] == ([2, 4] if known else [4, 5])


def test_partners_that_differ_in_an_apostrophe_are_likely_the_same():
    city = make_city("xian", name_lv="Xi’an", country="CN")
    assert named_like(make_city("xian-2", name_lv="Xian", country="CN")) == [city]


def test_what_was_stored_before_is_found_after_the_migration():
    make_city("aquila", name_lv="L’Aquila", country="IT")
    make_agreement(slug="a", scope_lv="L’Aquila")
    texts = [list(model.objects.order_by("pk").values_list("search_text")) for model in (City, Agreement)]
    City.objects.filter(slug="aquila").update(search_text="l aquila\n\n\n\n")
    Agreement.objects.update(search_text="a\nl aquila\n\n")
    migration = import_module("partners.migrations.0019_apostrophes_in_words")
    migration.derive_search_texts(apps, SimpleNamespace(connection=connection))
    assert texts == [
        list(model.objects.order_by("pk").values_list("search_text")) for model in (City, Agreement)
    ]
    assert CooperationField.objects.count() == 0
    assert Agreement.objects.found_by("laquila").count() == 1
