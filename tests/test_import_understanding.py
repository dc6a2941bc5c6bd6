"""What people write in spreadsheets is understood, or refused with a reason; never guessed."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from partners.models import Agreement, City, CooperationField

from .factories import make_agreement, make_city, make_field
from .spreadsheets import confirm, export, imported, preview, problems, sentences, sheet, totals, url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.mark.parametrize(
    ("cell", "stored"),
    [("1", True), ("jā", True), ("Yes", True), ("JĀ", True), ("0", False), ("nē", False), ("no", False)],
)
def test_yes_and_no_are_understood_in_both_languages(admin_client, cell, stored):
    make_city("tukums", is_published=not stored)
    imported(admin_client, City, ["slug", "is_published"], ["tukums", cell])
    assert City.objects.get().is_published is stored


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("2012-09", "2012-09"),
        ("2012", "2012"),
        ("17.11.2003.", "2003-11-17"),
        ("17.11.2003", "2003-11-17"),
        ("2003. gada 17. novembris", "2003-11-17"),
        ("2003. gada 17. novembrī", "2003-11-17"),
        ("2012. gada septembris", "2012-09"),
        ("2012. gads", "2012"),
        ("17 November 2017", "2017-11-17"),
        ("November 17th, 2017", "2017-11-17"),
        ("September 2012", "2012-09"),
        ("2012. g. 17. sept.", "2012-09-17"),
        ("2012.09.17.", "2012-09-17"),
        ("2012/9/17", "2012-09-17"),
        (" 2012-09\u200b", "2012-09"),
    ],
)
def test_date_is_understood_as_people_write_it(admin_client, cell, stored):
    make_agreement(make_city("tukums"), slug="tukums-1")
    imported(admin_client, Agreement, ["slug", "signed_on"], ["tukums-1", cell])
    assert Agreement.objects.get().signed_on == stored


@pytest.mark.parametrize(
    "headings",
    [
        ["slug", "city", "signed_on", "fields", "scope_lv"],
        ["Identifikators", "Sadarbības partneris", "Noslēgts", "Sadarbības jomas", "Sadarbības virzieni"],
        [
            "  IDENTIFIKATORS ",
            "sadarbības partneris",
            "noslēgts",
            "Sadarbības\njomas",
            "Sadarbības virzieni · LV",
        ],
        ["Key", "Partner", "Signed on", "Fields of cooperation", "Scope · LV"],
    ],
)
def test_headings_are_understood_as_columns_and_as_labels_in_both_languages(admin_client, headings):
    make_city("tukums")
    make_field("culture")
    imported(admin_client, Agreement, headings, ["tukums-2012", "tukums", "2012-09", "culture", "Māksla"])
    agreement = Agreement.objects.get()
    assert (agreement.slug, agreement.signed_on, agreement.scope_lv) == ("tukums-2012", "2012-09", "Māksla")
    assert agreement.fields.get().slug == "culture"


@pytest.mark.parametrize("text", ["harkiva", "Harkiva", "HARKIVA", "Kharkiv", "kharkov", "Harkiva (Ukraina)"])
def test_partner_is_found_by_its_key_and_by_any_of_its_names(admin_client, text):
    city = make_city(
        "harkiva", name_lv="Harkiva", name_en="Kharkiv", other_names="Kharkov\nHarkova", country="UA"
    )
    imported(admin_client, Agreement, ["slug", "city"], ["a", text])
    assert Agreement.objects.get().city == city


def test_name_of_two_partners_needs_the_country_or_the_key(admin_client):
    make_city("lida-by", name_lv="Lida", country="BY")
    make_city("lida-se", name_lv="Lida", country="SE")
    refused = preview(admin_client, Agreement, sheet(["slug", "city"], ["a", "Lida"]))
    assert sentences(refused) == [
        "Nosaukums „Lida” ir vairākiem sadarbības partneriem. Nosaukuma vietā ierakstiet vienu no identifikatoriem: lida-by, lida-se."
    ]
    imported(admin_client, Agreement, ["slug", "city", "Valsts"], ["a", "Lida", "Zviedrija"])
    imported(admin_client, Agreement, ["slug", "city"], ["b", "lida-by"])
    assert list(Agreement.objects.values_list("slug", "city__slug")) == [("a", "lida-se"), ("b", "lida-by")]


def test_country_that_contradicts_the_partner_is_not_ignored(admin_client):
    make_agreement(make_city("tukums"), slug="a")
    refused = preview(admin_client, Agreement, sheet(["slug", "city", "country"], ["a", "tukums", "PL"]))
    assert sentences(refused) == ["Sadarbības partneris „tukums” nav tajā valstī, kas norādīta rindā."]


@pytest.mark.parametrize(
    "text",
    ["culture | sport", "Kultūra; sports", "KULTŪRA\nSports", "Culture, Sport", "sport | culture | culture"],
)
def test_fields_are_found_by_key_or_name_in_any_case(admin_client, text):
    make_agreement(make_city("tukums"), slug="a")
    make_field("culture", name_lv="Kultūra", name_en="Culture")
    make_field("sport", name_lv="Sports", name_en="Sport")
    imported(admin_client, Agreement, ["slug", "fields"], ["a", text])
    assert set(Agreement.objects.get().fields.values_list("slug", flat=True)) == {"culture", "sport"}


@pytest.mark.parametrize(
    ("column", "cell", "stored"),
    [
        ("status", "Spēkā", "in-force"),
        ("status", "in force", "in-force"),
        ("kind", "protokols", "protocol"),
        ("kind", "Letter of intent", "letter-of-intent"),
    ],
)
def test_status_and_kind_are_understood_by_their_names(admin_client, column, cell, stored):
    make_agreement(make_city("tukums"), slug="a")
    imported(admin_client, Agreement, ["slug", column], ["a", cell])
    assert getattr(Agreement.objects.get(), column) == stored


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("LV", "LV"), ("lv", "LV"), ("Latvija", "LV"), ("latvia", "LV")],
        *[("Lielbritānija", "GB"), ("UK", "GB"), ("Holande", "NL"), ("The Netherlands", "NL")],
        *[("Krievijas Federācija", "RU"), ("Turkey", "TR"), ("Moldāvija", "MD")],
    ],
)
def test_country_is_understood_by_code_and_by_its_usual_names(admin_client, text, code):
    imported(admin_client, City, ["name_lv", "country"], ["Tukums", text])
    assert City.objects.get().country == code


def test_address_without_a_scheme_is_taken_for_https(admin_client):
    make_city("tukums")
    imported(admin_client, City, ["slug", "website"], ["tukums", "www.tukums.lv"])
    assert City.objects.get().website == "https://www.tukums.lv"


@pytest.mark.parametrize(
    "headings",
    [
        ["Nr. p. k.", "Pilsēta", "Valsts", "Līguma noslēgšanas datums", "Piezīmes"],
        ["No.", "Partner city", "Country", "Since", "Notes:"],
        ["#", "Sadarbības pilsēta", "VALSTS*", "Gads", "Iekšējā piezīme"],
    ],
)
def test_headings_that_municipalities_use_are_understood(admin_client, headings):
    city = make_city("lida", name_lv="Lida", country="BY")
    previewed = preview(
        admin_client, Agreement, sheet(headings, ["1.", "Lida", "Baltkrievija", "2012", "Piezīme"])
    )
    assert (problems(previewed), totals(previewed)) == ([], {"new": 1})
    assert previewed.context["preview"].plan.ignored == [headings[0]]
    confirm(admin_client, Agreement, previewed)
    agreement = Agreement.objects.get()
    assert (agreement.city, agreement.signed_on, agreement.internal_note) == (city, "2012", "Piezīme")


@pytest.mark.parametrize(
    ("signed_on", "date"),
    [("2012-09", "2012"), ("2012-09", "2012-09-17"), ("2012-09", ""), ("2012-09", "2012-10"), (None, "2012")],
)
def test_row_without_a_key_that_may_be_about_an_agreement_known_otherwise_is_asked_about(
    admin_client, signed_on, date
):
    make_agreement(make_city("tukums"), slug="a", signed_on=signed_on)
    refused = preview(admin_client, Agreement, sheet(["city", "signed_on"], ["tukums", date]))
    assert sentences(refused) == [
        f"Reģistrā jau ir līgums ar šo partneri, kas var būt tas pats: a ({signed_on or 'nav norādīts'}). Ja tas ir tas "
        "pats, ierakstiet šajā rindā tā identifikatoru; ja tas ir cits, – jaunu identifikatoru."
    ]
    imported(admin_client, Agreement, ["slug", "city", "signed_on"], ["b", "tukums", date])
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize("name", ["Harkova", "Harkova (Ukraina)", "Harkiva (Ukraina)"])
def test_partner_under_another_name_is_neither_doubled_nor_renamed_without_asking(admin_client, name):
    make_city("kharkiv", name_lv="Harkiva", other_names="Harkova", country="UA")
    refused = preview(admin_client, City, sheet(["Pilsēta", "Valsts"], [name, "Ukraina"]))
    assert sentences(refused) == [
        "Šis partneris reģistrā ir ar citu nosaukumu: kharkiv (Harkiva). Ja vēlaties to pārdēvēt, ierakstiet šajā rindā tā "
        "identifikatoru; ja ne – tā pašreizējo nosaukumu."
    ]


def test_country_in_brackets_that_contradicts_the_partner_is_said(admin_client):
    make_city("radom", name_lv="Radoma", country="PL")
    refused = preview(admin_client, Agreement, sheet(["slug", "city"], ["a", "Radoma (Vācija)"]))
    assert sentences(refused) == [
        "Sadarbības partneris „Radoma (Vācija)” nav tajā valstī, kas norādīta rindā."
    ]


def test_title_above_the_headings_is_pointed_out(admin_client):
    refused = preview(
        admin_client, City, sheet(["Sadraudzības pilsētas", ""], ["Pilsēta", "Valsts"], ["Lida", "BY"])
    )
    [(row, column, _value, sentence)] = problems(refused)
    assert (row, column) == (1, "Sadraudzības pilsētas")
    assert sentence.startswith("Neviens virsraksts nav zināms. Virsrakstiem jābūt pirmajā rindā")


def test_characters_nobody_sees_are_taken_off_and_letters_composed(admin_client):
    imported(
        admin_client, City, ["slug", "name_lv", "country"], ["cesis", "\u200bCe\u0304sis\u202e\ufeff ", "LV"]
    )
    assert City.objects.get().name_lv == "Cēsis"


def test_row_without_a_key_is_about_the_record_that_it_describes(admin_client):
    city = make_city("tukums")
    agreement = make_agreement(city, slug="old-key", signed_on="2012-09")
    rows = [
        ["city", "signed_on", "kind", "scope_lv"],
        ["Tukums", "2012. gada septembris", "cooperation", "Sports"],
    ]
    imported(admin_client, Agreement, *rows)
    agreement.refresh_from_db()
    assert (Agreement.objects.count(), agreement.scope_lv) == (1, "Sports")
    assert totals(preview(admin_client, Agreement, sheet(*rows))) == {"unchanged": 1}


def test_new_row_without_a_key_gets_one_as_on_the_form(admin_client):
    make_city("tukums")
    rows = [
        ["city", "signed_on", "kind"],
        ["Tukums", "2012-09", "protocol"],
        ["Tukums", "2012-10", "protocol"],
    ]
    imported(admin_client, Agreement, *rows)
    assert [agreement.slug for agreement in Agreement.objects.all()] == ["tukums-2012", "tukums-2012-2"]
    assert totals(preview(admin_client, Agreement, sheet(*rows))) == {"unchanged": 2}


def test_row_without_a_key_that_fits_several_records_is_refused_with_their_keys(admin_client):
    city = make_city("tukums")
    make_agreement(city, slug="one", signed_on="2012")
    make_agreement(city, slug="two", signed_on="2012")
    refused = preview(admin_client, Agreement, sheet(["city", "signed_on"], ["Tukums", "2012"]))
    assert sentences(refused) == [
        "Šai rindai atbilst vairāki ieraksti. Ierakstiet vajadzīgā ieraksta identifikatoru: one, two."
    ]


def test_row_may_refer_to_a_later_row_of_the_same_file(admin_client):
    make_city("tukums")
    rows = [["slug", "city", "kind", "supplements"]]
    rows += [
        ["c", "tukums", "additional", "b"],
        ["b", "tukums", "additional", "a"],
        ["a", "tukums", "cooperation", ""],
    ]
    imported(admin_client, Agreement, *rows)
    assert list(Agreement.objects.values_list("slug", "supplements__slug")) == [
        ("a", None),
        ("b", "a"),
        ("c", "b"),
    ]


def test_agreements_of_a_file_may_not_supplement_each_other(admin_client):
    make_city("tukums")
    rows = [["slug", "city", "supplements"], ["a", "tukums", "b"], ["b", "tukums", "a"]]
    refused = preview(admin_client, Agreement, sheet(*rows))
    assert set(sentences(refused)) == {"Līgumi nevar papildināt viens otru."}
    assert totals(refused) == {"refused": 2}


def test_rule_is_held_against_what_the_file_makes_of_both_agreements(admin_client):
    main = make_agreement(make_city("tukums"), slug="main")
    make_agreement(main.city, slug="extra", supplements=main)
    make_city("saldus")
    rows = [["slug", "city"], ["main", "saldus"], ["extra", "saldus"]]
    refused = preview(admin_client, Agreement, sheet(*rows[:2]))
    assert sentences(refused) == [
        "Līgumam un tam līgumam, kuru tas papildina, jābūt noslēgtiem ar vienu un to pašu partneri."
    ]
    imported(admin_client, Agreement, *rows)
    assert set(Agreement.objects.values_list("city__slug", flat=True)) == {"saldus"}


@pytest.mark.parametrize(
    ("model", "rows", "problem"),
    [
        (City, [["slug", "mayor"], ["tukums", "x"]], (1, "mayor", "", "Kolonna nav zināma: pārdēvējiet vai izdzēsiet to.")),
        (City, [["slug", "name_lw"], ["tukums", "x"]], (1, "name_lw", "", "Vai domājāt „name_lv”?")),
        (City, [["slug", "name"], ["tukums", "x"]], (1, "name", "", "name_lv vai name_en")),
        (City, [["region_lv"], ["Kurzeme"]], (1, "Identifikators", "", "Trūkst vienas no šīm kolonnām")),
        (City, [["slug", "name_lv", "Nosaukums"], ["tukums", "A", "B"]], (1, "Nosaukums", "", "Kolonna ir divreiz.")),
        (City, [["slug", "is_published"], ["tukums", "varbūt"]], (2, "is_published", "varbūt", "„varbūt” nav ne „jā”, ne „nē”.")),
        (City, [["slug", "latitude", "longitude"], ["tukums", "ziemeļi", "23"]], (2, "latitude", "ziemeļi", "„ziemeļi” nav skaitlis.")),
        (City, [["slug", "latitude"], ["tukums", "91"]], (2, "latitude", "91", "")),
        (City, [["slug", "country"], ["tukums", "XX"]], (2, "country", "XX", "Valsts „XX” nav zināma.")),
        (City, [["slug", "country"], ["jauns", "LV"]], (2, "Nosaukums · LV", "", "Ievadiet partnera nosaukumu")),
        (City, [["slug", "name_lv"], ["Jaunā Pilsēta", "Jaunā"]], (2, "slug", "Jaunā Pilsēta", "")),
        (Agreement, [["slug", "city"], ["x", "atlantida"]], (2, "city", "atlantida", "nav sadarbības partnera „atlantida”.")),
        (Agreement, [["slug", "city"], ["x", "Tukms"]], (2, "city", "Tukms", "Vai domājāt „Tukums”?")),
        (Agreement, [["slug", "city"], ["x", ""]], (2, "city", "", "Ierakstiet, ar kuru sadarbības partneri līgums noslēgts.")),
        (Agreement, [["slug", "scope_lv"], ["x", "Sports"]], (2, "Sadarbības partneris", "", "Ierakstiet, ar kuru sadarbības partneri līgums noslēgts.")),
        (Agreement, [["slug", "supplements"], ["tukums-2012", "nekas"]], (2, "supplements", "nekas", "nav līguma ar identifikatoru „nekas”.")),
        (Agreement, [["slug", "signed_on"], ["tukums-2012", "September"]], (2, "signed_on", "September", "„September” nav datums.")),
        (Agreement, [["slug", "signed_on"], ["tukums-2012", "2012-02-30"]], (2, "signed_on", "2012-02-30", "„2012-02-30” nav datums.")),
        (Agreement, [["slug", "signed_on"], ["tukums-2012", "01/02/2003"]], (2, "signed_on", "01/02/2003", "nav datums.")),
        (Agreement, [["slug", "signed_on"], ["tukums-2012", "17.11.0203."]], (2, "signed_on", "17.11.0203.", "0203. gads nevar būt pareizs.")),
        (Agreement, [["slug", "valid_until"], ["tukums-2012", "9999-12-31"]], (2, "valid_until", "9999-12-31", "ja datuma nav, neko nerakstiet.")),
        (Agreement, [["slug", "status"], ["tukums-2012", "in-fource"]], (2, "status", "in-fource", "Vai domājāt „in-force”?")),
        (Agreement, [["slug", "kind"], ["tukums-2012", ""]], (2, "kind", "", "")),
        (Agreement, [["slug", "ended_on"], ["tukums-2012", "2015"]], (2, "ended_on", "2015", "ja statuss ir „izbeigts”.")),
        (Agreement, [["slug", "notice_months"], ["tukums-2012", "daži"]], (2, "notice_months", "daži", "„daži” nav skaitlis.")),
        (Agreement, [["slug", "notice_months"], ["tukums-2012", "3.7"]], (2, "notice_months", "3.7", "„3.7” nav vesels skaitlis.")),
        (Agreement, [["slug", "notice_months"], ["tukums-2012", "Infinity"]], (2, "notice_months", "Infinity", "nav skaitlis.")),
        (City, [["slug", "name_lv"], ["tukums", "A"], ["tukums", "B"]], (3, "slug", "tukums", "2. rinda attiecas uz to pašu ierakstu.")),
        (City, [["slug", "name_lv"], ["tukums", "   "]], (2, "name_lv", "", "Ievadiet partnera nosaukumu")),
        (City, [["slug", "website"], ["tukums", "javascript:alert(1)"]], (2, "website", "javascript:alert(1)", "")),
        (City, [["slug", "name_lv"], ["tukums", "x" * 201]], (2, "name_lv", "x" * 201, "200")),
    ],
)  # fmt: skip
def test_what_the_register_does_not_know_is_refused_with_row_column_and_reason(
    admin_client, model, rows, problem
):
    make_agreement(make_city("tukums"), slug="tukums-2012", fields=[make_field("culture")])
    before = export(admin_client, model)
    refused = preview(admin_client, model, sheet(*rows))
    *place, words = problem
    assert [list(found[:3]) for found in problems(refused) if words in found[3]][:1] == [place]
    assert refused.context["confirm_form"] is None
    assert export(admin_client, model) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html></html>", "Nekas no faila nav saglabāts: izlabojiet to un izvēlieties vēlreiz."),
        (b"slug,is_published\ntukums,maybe\n", "Izlabojiet kļūdas un izvēlieties failu vēlreiz."),
        (b"slug,is_published\ntukums,maybe\n", ">Izvēlēties izlaboto failu</a>"),
    ],
)
def test_page_says_that_the_file_has_to_be_chosen_again(admin_client, content, said):
    make_city("tukums")
    assertContains(preview(admin_client, City, content), said, count=1)


def test_page_without_a_file_does_not_speak_of_choosing_it_again(admin_client):
    response = admin_client.post(url(City, "import"), {"import_file": ""})
    assert response.context["form"].errors == {"import_file": ["Šis lauks ir nepieciešams."]}
    assertNotContains(response, "izvēlieties vēlreiz")


def test_all_that_is_wrong_with_a_row_is_said_at_once(admin_client):
    make_agreement(make_city("tukums"), slug="a")
    make_field("culture")
    rows = [["slug", "status", "fields", "notice_months"], ["a", "asleep", "magic", "0"]]
    refused = preview(admin_client, Agreement, sheet(*rows))
    assert [(column, value) for _row, column, value, _sentence in problems(refused)] == [
        ("status", "asleep"),
        ("fields", "magic"),
        ("notice_months", "0"),
    ]


def test_rows_are_counted_as_in_excel_blank_ones_included(admin_client):
    content = b"slug,is_published\n\n\ntukums,maybe\n"
    make_city("tukums")
    assert [row for row, *_rest in problems(preview(admin_client, City, content))] == [4]


def test_unknown_field_is_created_only_where_the_officer_ticks_it(admin_client):
    make_agreement(make_city("tukums"), slug="a")
    rows = [["slug", "fields"], ["a", "Tūrisms | Amatniecība"]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    assert [choice for choice, _label in previewed.context["confirm_form"].fields["create"].choices] == [
        "Tūrisms",
        "Amatniecība",
    ]
    refused = imported(admin_client, Agreement, *rows, create=["Tūrisms"])
    assert "Nekas nav importēts: atzīmējiet izveidojamās sadarbības jomas." in refused.content.decode()
    assert CooperationField.objects.count() == 0
    imported(admin_client, Agreement, *rows, create=["Tūrisms", "Amatniecība"])
    assert list(Agreement.objects.get().fields.values_list("slug", "name_lv")) == [
        ("turisms", "Tūrisms"),
        ("amatnieciba", "Amatniecība"),
    ]


def test_unknown_field_is_not_offered_to_who_may_not_add_fields(client, user_with):
    make_agreement(make_city("tukums"), slug="a")
    client.force_login(user_with("view_agreement", "add_agreement", "change_agreement", "import_agreement"))
    previewed = preview(client, Agreement, sheet(["slug", "fields"], ["a", "Tūrisms"]))
    assert previewed.context["confirm_form"] is None
    assert sentences(previewed) == ["Reģistrā nav sadarbības jomas „Tūrisms”."]


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("lv", ["jauns", "Harkiva", "2012. gada septembris", "spēkā", "Kultūra | Sports", "jā"]),
        ("en", ["jauns", "Kharkiv", "September 2012", "in force", "Culture | Sports", "yes"]),
    ],
)
def test_preview_speaks_the_language_of_the_officer(admin_client, language, shown):
    make_city("kharkiv", name_lv="Harkiva", name_en="Kharkiv", country="UA")
    make_field("culture", name_lv="Kultūra", name_en="Culture", position=1)
    make_field("sport", name_lv="Sports", position=2)
    rows = [["slug", "city", "signed_on", "status", "fields", "is_published"]]
    rows += [["jauns", "kharkiv", "2012-09", "in-force", "sport | culture", "1"]]
    previewed = preview(admin_client, Agreement, sheet(*rows), language)
    [(_row, changes)] = previewed.context["preview"].rows
    assert [change.new for change in changes] == shown


def test_list_and_dates_pasted_from_a_letter_are_imported_without_bullets_and_as_dates(admin_client):
    agreement = make_agreement(make_city("tukums"), slug="tukums-2003", signed_on="2001")
    headings = ["slug", "signed_on", "valid_until", "scope_lv", "fields"]
    make_field("education", name_lv="izglītība")
    imported(
        admin_client,
        Agreement,
        headings,
        [
            "tukums-2003",
            "17.11.2003. g.",
            "2027. gada 14. martam",
            "• • izglītība;\n▪ kultūra",
            "• • izglītība;",
        ],
    )
    agreement.refresh_from_db()
    assert (agreement.signed_on, agreement.valid_until) == ("2003-11-17", "2027-03-14")
    assert agreement.scope_lv == "izglītība\nkultūra"
    assert [field.slug for field in agreement.fields.all()] == ["education"]
