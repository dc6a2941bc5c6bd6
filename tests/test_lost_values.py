"""What programs leave in cells instead of a value is no value: it is refused with its row and column."""

import json

import pytest
from django.core.exceptions import ValidationError

from partners.lost_values import validate_is_value, validate_no_replaced_letter
from partners.models import Agreement, City
from partners.resources.widgets import PartialDateWidget, TruthWidget

from .factories import make_agreement, make_city
from .malformed.ods import line, ods
from .malformed.xlsx import row, xlsx
from .spreadsheets import JSON, export, imported, preview, problems, sheet, url

TEXTS = ("name_lv", "name_en", "region_lv", "other_names", "description_lv")


def is_refused(validate, *texts):
    try:
        validate(*texts)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "text",
    [
        *("#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#GETTING_DATA"),
        *(
            "#NV",
            "#WERT!",
            "#BEZUG!",
            "#VALEUR!",
            "#¡VALOR!",
            "#¿NOMBRE?",
            "#ЗНАЧ!",
            "#Н/Д",
            "#ДЕЛ/0!",
            "#ARG!",
        ),
        *("Err:508", "Kļūda:508", "Ошибка:502", "########"),
        *("nan", "NaN", "NULL", "null", "NA", "N/A", "None", "<NA>", "NaT", "(null)", r"\N"),
    ],
)
def test_error_or_mark_of_nothing_is_no_value(text):
    assert is_refused(validate_is_value, text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Na",
            "Nan",
            "Nā",
            "Nulle",
            "none of them",
            "Non",
            "#1",
            "#daugavpils",
            "#Daugavpils!",
            "NA un citi",
        ),
        *("Kļūda: 508. telpa", "Err", "#", "N", "0"),
    ],
)
def test_short_name_is_a_value(text):
    assert not is_refused(validate_is_value, text)


@pytest.mark.parametrize("column", TEXTS)
@pytest.mark.django_db
def test_every_text_is_looked_at(admin_client, column):
    make_city("tukums")
    refused = preview(admin_client, City, sheet(["slug", column], ["tukums", "NULL"]))
    [(number, heading, value, sentence)] = problems(refused)
    assert (number, heading, value) == (2, column, "NULL")
    assert sentence.startswith("Ar „NULL” programmas apzīmē trūkstošu vērtību.")


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([{"slug": "tukums", "region_lv": "#N/A"}]).encode(),
        xlsx(row(1, ["slug", "region_lv"]) + row(2, ["tukums", "#N/A"])),
        ods(line("slug", "region_lv"), line("tukums", "#N/A"), bare=True),
    ],
)
@pytest.mark.django_db
def test_error_that_is_text_is_refused_in_every_format(admin_client, content):
    make_city("tukums")
    assert problems(preview(admin_client, City, content)) == [
        (
            2,
            "region_lv",
            "#N/A",
            "„#N/A” ir izklājlapu programmas kļūdas paziņojums. Ierakstiet tā vietā vērtību vai neko nerakstiet.",
        )
    ]


@pytest.mark.django_db
def test_entry_of_a_list_is_looked_at_too(admin_client):
    make_city("tukums")
    refused = preview(admin_client, City, sheet(["slug", "other_names"], ["tukums", "Tuckum | nan"]))
    assert [problem[:2] for problem in problems(refused)] == [(2, "other_names")]


@pytest.mark.django_db
def test_code_of_namibia_is_asked_about_but_its_partner_stays(admin_client):
    make_city("walvis-bay", name_lv="Valvisbeja", country="NA")
    assert problems(preview(admin_client, City, export(admin_client, City))) == []
    [problem] = problems(preview(admin_client, City, sheet(["slug", "name_lv", "country"], ["x", "X", "NA"])))
    assert problem[:3] == (2, "country", "NA")
    assert (
        problems(preview(admin_client, City, sheet(["slug", "name_lv", "country"], ["x", "X", "Namībija"])))
        == []
    )


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2012.0", "2012"),
        ("2012,0", "2012"),
        ("2009-11-17 00:00:00", "2009-11-17"),
        ("2009-11-17T00:00:00", "2009-11-17"),
        ("2009-11-17T00:00:00.000Z", "2009-11-17"),
        ("2009-11-17 00:00:00+02:00", "2009-11-17"),
        ("2009-11-17 00:00", "2009-11-17"),
        ("17.11.2009 0:00:00", "17.11.2009"),
        ("17.11.2009. 0:00", "17.11.2009."),
        ("2009-11-17 14:30:00", "2009-11-17 14:30:00"),
        ("2009-11-16T22:00:00Z", "2009-11-16T22:00:00Z"),
        ("2012 00:00:00", "2012 00:00:00"),
        ("2012.5", "2012.5"),
    ],
)
def test_date_loses_what_programs_add_to_it(text, date):
    assert PartialDateWidget().clean(text) == date


@pytest.mark.parametrize(
    ("texts", "truth"),
    [
        (("PATIESS", "patiesa", "TRUE", "1.0", "1,0", "Jā", "Y", "j"), True),
        (("APLAMS", "aplams", "FALSE", "0.0", "0,00", "nē", "N"), False),
    ],
)
def test_truth_is_read_as_programs_write_it_in_both_languages(texts, truth):
    assert {TruthWidget().clean(text) for text in texts} == {truth}


@pytest.mark.django_db
def test_numbers_and_times_of_other_programs_are_imported(admin_client):
    make_city("tukums")
    rows = [["city", "signed_on", "decided_on", "notice_months", "is_published", "renews_automatically"]]
    rows.append(["tukums", "2012.0", "17.11.2009 0:00:00", "6.0", "1.0", "APLAMS"])
    imported(admin_client, Agreement, *rows)
    agreement = Agreement.objects.get()
    facts = (agreement.signed_on, agreement.decided_on, agreement.notice_months)
    assert facts == ("2012", "2009-11-17", 6)
    assert (agreement.is_published, agreement.renews_automatically) == (True, False)


@pytest.mark.parametrize(
    "text", ["Al?ta", "Va?ingtona", "?ida", "Rīga, ?ida", "DAUGAVPIL?TA", "Dienvid?ro", "(?auļi)", "Bir??ai"]
)
def test_question_mark_in_a_word_was_a_letter(text):
    assert is_refused(validate_no_replaced_letter, text)


@pytest.mark.parametrize(
    "text",
    [
        "????",
        "??",
        "????? | Mensk",
        "? ???????",
        "????-????????",
        "????/????",
        "(????)",
        "„??????”",
        "Pie ?????, Rīga",
    ],
)
def test_word_of_question_marks_alone_lost_all_its_letters(text):
    assert is_refused(validate_no_replaced_letter, text)


@pytest.mark.parametrize(
    "text",
    [
        "Vai tā?",
        "Kāpēc??",
        "„Kāpēc??”",
        "Kāpēc ?",
        "(Vai tā???)",
        "2012??",
        "Kā?!?",
        "Kas? Kur?",
        "Kas?Kur",
        "https://example.org/?a=b",
        "www.example.org?a",
        "„Kāpēc?”",
        "?",
        "a?b=c",
    ],
)
def test_question_mark_of_a_sentence_or_an_address_is_none(text):
    assert not is_refused(validate_no_replaced_letter, text)


@pytest.mark.parametrize(
    ("text", "known"), [("Radom?", "Radomā"), ("no Rīg? uz Lidu", "no Rīgā uz Lidu"), ("Kult??", "Kultū")]
)
def test_letter_that_the_register_has_is_missed_at_the_end_of_a_word(text, known):
    assert is_refused(validate_no_replaced_letter, text, known)


@pytest.mark.parametrize(("text", "known"), [("Radoma?", "Radoma"), ("Kāpēc?", "Kāpēc?"), ("Rīga?", "Rīgā")])
def test_question_that_is_asked_now_is_no_lost_letter(text, known):
    assert not is_refused(validate_no_replaced_letter, text, known)


@pytest.mark.django_db
def test_name_with_lost_letters_does_not_take_the_place_of_the_right_one(admin_client):
    make_agreement(make_city("ludza", name_lv="Ludzā"), slug="a")
    before = export(admin_client, City, JSON)
    refused = preview(admin_client, City, sheet(["slug", "name_lv"], ["ludza", "Ludz?"]))
    assert problems(refused) == [
        (
            2,
            "name_lv",
            "Ludz?",
            "Zudušā burta vietā ir jautājuma zīme („Ludz?”). Ierakstiet burtu vai saglabājiet tabulu no jauna kā "
            "„CSV UTF-8” vai XLSX.",
        )
    ]
    assert export(admin_client, City, JSON) == before


LOST = (
    "Zudušā burta vietā ir jautājuma zīme („%s”). Ierakstiet burtu vai saglabājiet tabulu no jauna kā "
    "„CSV UTF-8” vai XLSX."
)


@pytest.mark.parametrize(
    ("model", "cells", "column", "word"),
    [
        (City, {"name_en": "???????", "country": "BY"}, "name_en", "???????"),
        (
            City,
            {"name_lv": "Menska", "country": "BY", "other_names": "????? | Mensk"},
            "other_names",
            "?????",
        ),
        (
            City,
            {"name_lv": "Menska", "country": "BY", "description_lv": "? ???????"},
            "description_lv",
            "???????",
        ),
        (Agreement, {"city": "tukums", "signed_on": "2012", "scope_lv": "? ???????"}, "scope_lv", "???????"),
    ],
)
@pytest.mark.django_db
def test_new_record_is_not_made_of_question_marks(admin_client, model, cells, column, word):
    make_city("tukums")
    refused = problems(preview(admin_client, model, sheet(list(cells), list(cells.values()))))
    assert refused == [(2, column, cells[column], LOST % word)]


@pytest.mark.django_db
def test_form_of_a_new_record_refuses_question_marks_alone(admin_client):
    data = {"name_lv": "Menska", "name_en": "???????", "other_names": "?????\r\nMensk", "country": "BY"}
    errors = admin_client.post(url(City, "add"), data).context["adminform"].form.errors
    assert (errors["name_en"], errors["other_names"]) == ([LOST % "???????"], [LOST % "?????"])
