"""Reports: for people, in their language, about what the list shows."""

import csv
import io
import re
from datetime import date, datetime
from zipfile import ZipFile

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from partners.exports import sheets
from partners.models import Agreement, City, CooperationField

from .factories import make_agreement, make_city, make_field
from .spreadsheets import CSV, JSON, ODS, SEMICOLON_CSV, XLSX, export, preview, problems, totals, url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

TODAY = date(2026, 11, 25)
SINGLE = ("partners", "in-force", "by-country", "by-field", "renewal")


def rows(content, model=Agreement, language="lv", records=None):
    """The rows of a report of one sheet, its headings included."""
    with override(language):
        [sheet] = sheets(model.objects.all() if records is None else records, content, TODAY)
        return [sheet.headings, *map(list, sheet.rows)]


def overview(language="lv", records=None):
    with override(language):
        made = sheets(Agreement.objects.all() if records is None else records, "overview", TODAY)
        return {sheet.title: [sheet.headings, *map(list, sheet.rows)] for sheet in made}


def names(content, **about):
    """Who the rows of the report are about."""
    headings, *lines = rows(content, **about)
    at = headings.index("Sadarbības partneris")
    return [line[at] for line in lines]


def test_report_speaks_the_language_of_the_officer():
    city = make_city("harkiva", name_lv="Harkiva", name_en="Kharkiv", country="UA")
    fields = [make_field("culture", name_lv="Kultūra", name_en="Culture", position=1), make_field("sport", name_lv="Sports", name_en="Sport", position=2)]  # fmt: skip
    make_agreement(
        city,
        fields,
        signed_on="2012-09",
        status="in-force",
        valid_until="2030-01-05",
        renews_automatically=True,
        notice_months=6,
        scope_lv="Māksla\nSports",
        scope_en="Art\nSport",
    )
    assert rows("by-country") == [
        ["Sadarbības partneris", "Valsts", "Veids", "Noslēgts", "Statuss", "Spēkā līdz", "Pagarinās automātiski", "Uzteikuma termiņš mēnešos", "Sadarbības jomas", "Sadarbības virzieni"],
        ["Harkiva", "Ukraina", "Sadarbības līgums", "2012. gada septembris", "Spēkā", "05.01.2030.", "jā", 6, "Kultūra; Sports", "Māksla\nSports"],
    ]  # fmt: skip
    assert rows("by-country", language="en") == [
        ["Partner", "Country", "Kind", "Signed on", "Status", "Valid until", "Renews automatically", "Notice period in months", "Fields of cooperation", "Scope"],
        ["Kharkiv", "Ukraine", "Cooperation agreement", "September 2012", "In force", "5 January 2030", "yes", 6, "Culture; Sport", "Art\nSport"],
    ]  # fmt: skip


def test_text_in_the_other_language_only_is_left_out_so_that_it_cannot_come_back_under_the_wrong_one():
    city = make_city()
    make_agreement(city, slug="a", scope_en="Art", is_published=False)
    make_agreement(city, slug="b", scope_lv="Sports", is_published=False)
    assert [line[-2:] for line in rows("by-country")] == [
        ["Sadarbības virzieni", "Publicēts"],
        [None, "nē"],
        ["Sports", "nē"],
    ]


def test_report_of_all_partners_names_those_without_an_agreement_too():
    make_agreement(make_city("saldus"))
    make_city("cesis", name_lv="Cēsis")
    assert names("partners", model=City) == ["Saldus", "Cēsis"]


def test_report_of_agreements_in_force_holds_those_of_which_a_document_says_so():
    city = make_city("tukums")
    for status in Agreement.Status.values:
        make_agreement(city, slug=f"a-{status}", status=status)
    assert [line[3] for line in rows("in-force")] == ["Statuss", "Spēkā"]


def test_report_by_country_follows_the_alphabet_of_the_language():
    for slug, country in (("berlin", "DE"), ("tukums", "LV"), ("kyiv", "UA"), ("praha", "CZ")):
        make_agreement(make_city(slug, country=country))
    countries = [line[1] for line in rows("by-country")[1:]]
    assert countries == ["Čehija", "Latvija", "Ukraina", "Vācija"]
    countries = [line[1] for line in rows("by-country", language="en")[1:]]
    assert countries == ["Czechia", "Germany", "Latvia", "Ukraine"]


def test_report_by_field_has_an_agreement_under_each_of_its_fields_and_at_the_end_without():
    culture, sport = make_field("culture", position=1), make_field("sport", position=2)
    make_field("unused")
    make_agreement(make_city("saldus"), [sport, culture])
    make_agreement(make_city("tukums"), [sport])
    make_agreement(make_city("cesis"))
    assert [line[:2] for line in rows("by-field")] == [
        ["Sadarbības joma", "Sadarbības partneris"],
        ["Culture", "Saldus"],
        ["Sport", "Saldus"],
        ["Sport", "Tukums"],
        ["", "Cesis"],
    ]


@pytest.mark.parametrize(
    ("valid_until", "status", "is_due"),
    [
        ("2027-11-25", "in-force", True),
        ("2027-11-26", "in-force", False),
        ("2027-11", "not-stated", True),
        ("2027", "not-stated", True),
        ("2028", "not-stated", False),
        ("2020", "not-stated", True),
        ("2020", "ended", False),
        (None, "in-force", False),
    ],
)
def test_renewal_is_due_when_the_term_may_end_within_a_year(valid_until, status, is_due):
    make_agreement(valid_until=valid_until, status=status)
    assert names("renewal") == (["Tukums"] if is_due else [])


@pytest.mark.parametrize(
    ("signed_on", "valid_until", "is_due"),
    [
        ("2007-11-25", "2012-11-24", True),  # in terms of five years, until 24 November 2027
        ("2007-11-27", "2012-11-26", False),
        ("2008-05-01", "2013-04-30", False),  # until 30 April 2028
        ("2011-01", "2014-12", True),  # in terms of four years, until December 2026
        ("2011-01", "2013-12", False),  # in terms of three years, until December 2028
        ("2003", "2008", True),  # how long its terms are is not known
    ],
)
def test_what_renews_automatically_is_due_when_its_current_term_ends_within_a_year(
    signed_on, valid_until, is_due
):
    make_agreement(signed_on=signed_on, valid_until=valid_until, renews_automatically=True)
    assert names("renewal") == (["Tukums"] if is_due else [])


def test_overview_counts_the_register(register):
    partners, agreements, matrix, counts = overview().values()
    assert list(overview()) == ["Sadarbības partneri", "Līgumi", "Valstis un jomas", "Skaits"]
    assert (len(partners), len(agreements)) == (1 + 22 + 1, 1 + 23)
    radom = next(line for line in partners if line[0] == "Radoma")
    assert radom[:4] == ["Radoma", "Polija", "17.12.1993.", 2]
    assert partners[-1] == ["Kopā", "", "", 23, ""]
    assert [line[0] for line in matrix[1:3]] + [line[:2] for line in matrix[-1:]] == [
        "Armēnija",
        "Baltkrievija",
        ["Kopā", 23],
    ]
    assert len(matrix) == 1 + 15 + 1
    lithuania = next(line for line in matrix if line[0] == "Lietuva")
    assert dict(zip(matrix[0], lithuania, strict=True))["Līgumi"] == 2
    assert dict(zip(matrix[0], lithuania, strict=True))["Izglītība"] == 2
    assert counts[1:4] == [["Sadarbības partneri", "", 22], ["Valstis", "", 15], ["Līgumi", "", 23]]
    by_year = {line[1]: line[2] for line in counts if line[0] == "Līgumi pēc noslēgšanas gada"}
    assert (by_year["2012"], sum(by_year.values())) == (5, 23)
    assert ["Līgumi pēc statusa", "Nav norādīts", 23] in counts


def test_overview_counts_what_was_signed_and_ended_in_the_year():
    city = make_city("tukums")
    make_agreement(city, slug="a", signed_on="2026-01")
    make_agreement(city, slug="b", signed_on="2025", status="ended", ended_on="2026-11-01")
    counts = overview()["Skaits"]
    assert ["Gada laikā noslēgtie līgumi", "2026", 1] in counts
    assert ["Gada laikā izbeigtie līgumi", "2025", 0] in counts


def remarks(content, model=City, language="lv", records=None):
    """What stands below the table of a report of one sheet."""
    with override(language):
        [sheet] = sheets(model.objects.all() if records is None else records, content, TODAY)
        return list(sheet.remarks)


@pytest.mark.parametrize(
    ("count", "latvian", "english"),
    [
        (1, "nav iekļauts 1 līgums, jo tam nav norādīts statuss.", "1 agreement is left out because its status is not stated."),
        (2, "nav iekļauti 2 līgumi, jo tiem nav norādīts statuss.", "2 agreements are left out because their status is not stated."),
        (11, "nav iekļauti 11 līgumi, jo tiem nav norādīts statuss.", "11 agreements are left out because their status is not stated."),
        (21, "nav iekļauts 21 līgums, jo tam nav norādīts statuss.", "21 agreements are left out because their status is not stated."),
    ],
)  # fmt: skip
def test_agreements_whose_status_is_not_stated_are_counted_below_those_in_force(count, latvian, english):
    city = make_city("tukums")
    for number in range(count):
        make_agreement(city, slug=f"a-{number}")
    assert remarks("in-force")[1:] == [latvian]
    assert remarks("in-force", language="en")[1:] == [english]


def test_report_says_what_it_leaves_out():
    city = make_city("tukums")
    make_city("cesis")
    make_agreement(city, slug="a", status="ended", valid_until="2020", scope_en="Art", is_published=False)
    make_agreement(city, slug="b", status="suspended", signed_on="2012", valid_until="2040")
    make_agreement(city, slug="c", status="in-force", signed_on="2012", valid_until="2020")
    make_agreement(city, slug="d", signed_on="2012")
    assert remarks("in-force", language="en") == [
        "Number of partners: 1; of agreements: 1.",
        "1 agreement is left out because its status is not stated.",
        "1 agreement is left out because it is suspended.",
        "1 agreement is left out because it has ended.",
        "Columns without any value are left out: Ended on, Renews automatically, Notice period in months, Fields of cooperation, Scope.",
    ]  # fmt: skip
    assert remarks("renewal", language="en")[1:4] == [
        "1 agreement is left out because the end of its term is not stated.",
        "1 agreement is left out because it has ended.",
        "1 agreement is left out because its term ends later.",
    ]
    assert remarks("by-country")[1:3] == [
        "nav iekļauts 1 sadarbības partneris, ar kuru nav neviena līguma.",
        "1 līgumam nav norādīts noslēgšanas datums.",
    ]
    assert "nav iekļauti 1 līguma sadarbības virzieni, jo šajā valodā tie nav norādīti." in remarks(
        "by-country"
    )
    assert remarks("partners", records=City.objects.filter(slug="tukums"))[-1] == (
        "iekļauti tikai sarakstā atlasītie ieraksti – 1 no 2."
    )


@pytest.mark.parametrize(
    ("language", "number_format", "shown", "partial"),
    [
        ("lv", 'dd"."mm"."yyyy"."', "23.08.2008.", "2012. gada septembris"),
        ("en", "[$-809]d mmmm yyyy", "23 August 2008", "September 2012"),
    ],
)
def test_full_date_is_a_date_and_a_partial_one_is_text(admin_client, language, number_format, shown, partial):
    city = make_city("tukums")
    make_agreement(city, slug="a", signed_on="2008-08-23")
    make_agreement(city, slug="b", signed_on="2012-09")
    content = export(admin_client, Agreement, XLSX, language, content="by-country")
    [full], [text] = load_workbook(io.BytesIO(content)).active["D2:D3"]
    assert (full.value, full.number_format) == (datetime(2008, 8, 23), number_format)  # noqa: DTZ001
    assert text.value == partial
    content = export(admin_client, Agreement, ODS, language, content="by-country")
    table = ZipFile(io.BytesIO(content)).read("content.xml").decode()
    assert re.findall(r'office:date-value="(.+?)"><text:p>(.+?)</text:p>', table) == [("2008-08-23", shown)]
    assert f'office:value-type="string"><text:p>{partial}</text:p>' in table
    lines = export(admin_client, Agreement, CSV, language, content="by-country").decode().splitlines()
    assert [line.split(",")[3] for line in lines[1:3]] == [shown, partial]


def test_remarks_stand_in_the_file_below_the_table(admin_client, register):
    book = load_workbook(io.BytesIO(export(admin_client, City, XLSX, content="in-force")))
    assert [row[0] for row in book.active.values][1:] == [
        None,
        "Par pārskatu: sadarbības partneri – 0, līgumi – 0.",
        "Par pārskatu: nav iekļauti 23 līgumi, jo tiem nav norādīts statuss.",
    ]


def test_page_offers_reports_first_and_says_what_the_exchange_format_is_for(admin_client):
    answers = {model: admin_client.get(url(model, "export")) for model in (City, Agreement, CooperationField)}
    initial = {model: answer.context["form"]["content"].initial for model, answer in answers.items()}
    assert initial == {City: "partners", Agreement: "by-country", CooperationField: "by-country"}
    sentences = {model: answer.content.decode() for model, answer in answers.items()}
    assert (
        "Visi dati abās valodās ar identifikatoriem un kodiem, arī iekšējās piezīmes." in sentences[Agreement]
    )
    assert "iekšējās piezīmes" not in sentences[City]


@pytest.mark.parametrize("model", [City, Agreement, CooperationField])
def test_report_is_about_what_is_chosen_in_any_of_the_lists(model):
    culture, sport = make_field("culture"), make_field("sport")
    make_agreement(make_city("saldus", country="PL"), [culture], slug="saldus")
    make_agreement(make_city("tukums"), [sport], slug="tukums")
    chosen = {City: "saldus", Agreement: "saldus", CooperationField: "culture"}[model]
    records = model.objects.filter(slug=chosen)
    assert names("by-country", model=model, records=records) == ["Saldus"]
    made = overview(records=records)
    assert [line[0] for line in made["Sadarbības partneri"][1:]] == ["Saldus", "Kopā"]
    assert made["Valstis un jomas"] == [["Valsts", "Līgumi", "Culture"], ["Polija", 1, 1], ["Kopā", 1, 1]]


def test_report_honours_the_filter_and_the_selection_of_the_list(admin_client, register):
    content = export(admin_client, City, CSV, query="?country=LT", content="partners")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:] if line[1]] == ["Panevēža", "Visagina"]
    pk = City.objects.get(slug="radom").pk
    content = export(admin_client, City, CSV, content="by-country", export_items=[pk])
    assert [line.split(",")[0] for line in content.decode().splitlines() if "Polija" in line] == [
        "Radoma"
    ] * 2


@pytest.mark.parametrize("file_format", [XLSX, CSV, SEMICOLON_CSV, ODS, JSON])
@pytest.mark.parametrize("content", SINGLE)
def test_every_report_goes_out_in_every_format(admin_client, register, content, file_format):
    assert export(admin_client, City, file_format, content=content)


def test_overview_is_a_workbook_of_four_sheets(admin_client, register):
    book = load_workbook(io.BytesIO(export(admin_client, City, XLSX, content="overview")))
    assert book.sheetnames == ["Sadarbības partneri", "Līgumi", "Valstis un jomas", "Skaits"]
    answer = admin_client.post(url(City, "export"), {"format": CSV, "content": "overview"}).content.decode()
    assert "Šajā pārskatā ir vairākas lapas: izvēlieties XLSX vai ODS." in answer


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("file_format", [XLSX, CSV, ODS])
def test_report_is_understood_when_it_is_imported_again(admin_client, register, language, file_format):
    content = export(admin_client, Agreement, file_format, language, content="by-country")
    for officers in ("lv", "en"):
        previewed = preview(admin_client, Agreement, content, officers)
        assert problems(previewed) == []
        assert totals(previewed) == {"unchanged": 23}


def test_unknown_report_and_format_are_refused_in_words(admin_client):
    for data in ({"format": "99"}, {"format": XLSX, "content": "gossip"}, {}):
        answer = admin_client.post(url(City, "export"), data)
        assert answer.status_code == 200
        assert "Content-Disposition" not in answer


@pytest.mark.parametrize("count", [1, 40])
def test_report_asks_the_database_as_often_for_many_records_as_for_few(django_assert_num_queries, count):
    fields = [make_field("culture"), make_field("sport")]
    for number in range(count):
        make_agreement(make_city(f"city-{number}"), fields=fields)
    with django_assert_num_queries(16):
        overview()
