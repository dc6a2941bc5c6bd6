"""A row is about the record that it surely names; what is not sure is asked, and nothing is made up."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.formats import read
from partners.imports import Plan
from partners.imports.questions import ANOTHER, MOST_ASKED
from partners.models import Agreement, City, CooperationField, FormerSlug
from partners.resources import resource_for

from .factories import make_agreement, make_city, make_field
from .spreadsheets import confirm, imported, preview, problems, sentences, sheet, totals, url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def answered(client, model, previewed, **answers):
    """The preview after the questions were answered: by row, the key of a record or ANOTHER."""
    fields = {f"row-{row.removeprefix('r')}": answer for row, answer in answers.items()}
    return client.get(url(model, "import"), {"upload": previewed.context["waiting"].pk, **fields})


def asked(previewed):
    """By row, the keys of the records that the preview asks about."""
    questions = previewed.context["preview"].plan.questions
    return {question.row: [candidate.slug for candidate in question.candidates] for question in questions}


def confirmed(client, model, previewed):
    return confirm(client, model, previewed, **previewed.context["answers"])


# Names


@pytest.fixture
def twins():
    make_city("motala", name_lv="Mūtala", name_en="Motala", country="SE")
    make_city("ferrara", name_lv="Ferrāra", name_en="Ferrara", country="IT")
    make_city("vitebsk", name_lv="Vitebska", name_en="Vitebsk", other_names="Viciebsk", country="BY")


def test_name_of_the_other_language_replaces_no_name_without_asking(admin_client, twins):
    rows = [["Pilsēta", "Valsts"], ["Motala", "Zviedrija"], ["Ferrara", "Itālija"], ["Viciebsk", "BY"]]
    previewed = preview(admin_client, City, sheet(*rows))
    assert asked(previewed) == {2: ["motala"], 3: ["ferrara"], 4: ["vitebsk"]}
    assert previewed.context["confirm_form"] is None
    page = answered(admin_client, City, previewed, r2="motala", r3="ferrara", r4="vitebsk")
    assert (problems(page), totals(page)) == ([], {"unchanged": 3})


def test_row_that_is_said_to_be_about_a_record_changes_all_but_its_name(admin_client, twins):
    previewed = preview(admin_client, City, sheet(["Pilsēta", "Reģions"], ["Motala", "Esterjētlande"]))
    confirmed(admin_client, City, answered(admin_client, City, previewed, r2="motala"))
    city = City.objects.get(slug="motala")
    assert (city.name_lv, city.region_lv) == ("Mūtala", "Esterjētlande")


def test_row_that_is_said_to_be_about_another_record_makes_one(admin_client, twins):
    previewed = preview(admin_client, City, sheet(["Pilsēta", "Valsts"], ["Motala", "Zviedrija"]))
    confirmed(admin_client, City, answered(admin_client, City, previewed, r2=ANOTHER))
    assert set(City.objects.in_country("SE").values_list("slug", "name_lv")) == {
        ("motala", "Mūtala"),
        ("motala-2", "Motala"),
    }


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (["name_lv", "name_en"], ["Motala", "Motala"]),
        (["name_lv", "name_en"], ["Mūtala", "Moutala"]),
        (["name_en"], ["Mūtala"]),
    ],
)
def test_no_name_is_replaced_by_a_row_without_a_key(admin_client, twins, headings, row):
    previewed = preview(admin_client, City, sheet([*headings, "country"], [*row, "SE"]))
    assert asked(previewed) == {2: ["motala"]}


def test_missing_name_is_added_by_a_row_without_a_key(admin_client):
    make_city("lida", name_lv="Lida", country="BY")
    imported(admin_client, City, ["name_lv", "name_en"], ["Lida", "Lida (Belarus)"])
    assert City.objects.get().name_en == "Lida (Belarus)"


def test_row_with_the_key_renames(admin_client, twins):
    imported(admin_client, City, ["slug", "name_lv"], ["motala", "Motala"])
    assert City.objects.get(slug="motala").name_lv == "Motala"


def test_field_of_cooperation_keeps_its_name_too(admin_client):
    make_field("culture", name_lv="Kultūra", name_en="Culture")
    previewed = preview(admin_client, CooperationField, sheet(["name_lv"], ["Culture"]))
    assert sentences(previewed) == [
        "Šī joma reģistrā ir ar citu nosaukumu: culture (Kultūra). Ja vēlaties to pārdēvēt, ierakstiet šajā rindā tās "
        "identifikatoru; ja ne – tās pašreizējo nosaukumu."
    ]


def test_blank_key_of_a_record_that_is_found_is_no_change(admin_client):
    make_city("lida", name_lv="Lida", country="BY")
    previewed = preview(admin_client, City, sheet(["slug", "name_lv"], ["", "Lida"]))
    assert (problems(previewed), totals(previewed)) == ([], {"unchanged": 1})


# Keys


def test_unknown_key_of_a_partner_with_a_known_name_and_country_is_asked_about(admin_client):
    make_city("radom", name_lv="Radoma", name_en="Radom", country="PL")
    rows = [
        ["slug", "name_lv", "name_en", "country", "region_lv"],
        ["radoma", "Radoma", "Radom", "PL", "Mazovija"],
    ]
    previewed = preview(admin_client, City, sheet(*rows))
    assert asked(previewed) == {2: ["radom"]}
    assert sentences(previewed) == [
        "Reģistrā nav identifikatora „radoma”, bet ir ieraksts, kas var būt tas pats: radom (Radoma). Norādiet, vai tas ir "
        "tas pats vai cits ieraksts."
    ]
    same = answered(admin_client, City, previewed, r2="radom")
    assert totals(same) == {"changed": 1}
    confirmed(admin_client, City, same)
    assert list(City.objects.values_list("slug", "region_lv")) == [("radom", "Mazovija")]


def test_unknown_key_may_be_that_of_another_partner(admin_client):
    make_city("radom", name_lv="Radoma", country="PL")
    previewed = preview(admin_client, City, sheet(["slug", "name_lv", "country"], ["radoma", "Radoma", "PL"]))
    confirmed(admin_client, City, answered(admin_client, City, previewed, r2=ANOTHER))
    assert set(City.objects.values_list("slug", flat=True)) == {"radom", "radoma"}


def test_same_name_in_another_country_is_another_partner(admin_client):
    make_city("lida", name_lv="Lida", country="BY")
    imported(admin_client, City, ["slug", "name_lv", "country"], ["lida-se", "Lida", "SE"])
    assert City.objects.count() == 2


def test_unknown_key_of_an_agreement_with_known_partner_kind_and_date_is_asked_about(admin_client):
    agreement = make_agreement(make_city("radom"), slug="radom-2003", signed_on="2003-11-17")
    rows = [["slug", "city", "kind", "signed_on"], ["radoma-2003", "radom", "cooperation", "2003-11-17"]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    assert asked(previewed) == {2: ["radom-2003"]}
    assert totals(answered(admin_client, Agreement, previewed, r2="radom-2003")) == {"unchanged": 1}
    assert totals(answered(admin_client, Agreement, previewed, r2=ANOTHER)) == {"new": 1}
    rows[1][2] = "protocol"
    assert totals(preview(admin_client, Agreement, sheet(*rows))) == {"new": 1}
    assert Agreement.objects.get() == agreement


def test_key_that_a_record_had_before_is_asked_about(admin_client):
    city = make_city("radom")
    city.slug = "radoma"
    city.save()
    assert FormerSlug.objects.count() == 1
    previewed = preview(admin_client, City, sheet(["slug", "name_lv", "country"], ["radom", "Cits", "PL"]))
    assert asked(previewed) == {2: ["radoma"]}


def test_answer_that_was_not_offered_is_no_answer(admin_client):
    make_city("radom", name_lv="Radoma", country="PL")
    make_city("lida")
    previewed = preview(admin_client, City, sheet(["slug", "name_lv", "country"], ["radoma", "Radoma", "PL"]))
    assert asked(answered(admin_client, City, previewed, r2="lida")) == {2: ["radom"]}


def test_questions_and_unknown_fields_are_settled_one_after_the_other(admin_client):
    make_agreement(make_city("radom"), slug="radom-2003", signed_on="2003-11-17")
    rows = [["slug", "city", "signed_on", "fields"], ["x", "radom", "2003-11-17", "Tūrisms"]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    page = answered(admin_client, Agreement, previewed, r2="radom-2003")
    confirm(admin_client, Agreement, page, create=["Tūrisms"], **page.context["answers"])
    assert Agreement.objects.get().fields.get().name_lv == "Tūrisms"


@pytest.mark.parametrize("count", [2, 60])
@pytest.mark.parametrize(("link", "counts"), [("all_the_same", "unchanged"), ("all_others", "new")])
def test_all_rows_are_answered_at_once(admin_client, count, link, counts):
    for number in range(count):
        make_city(f"old-{number}", name_lv=f"P {number}", country="PL")
    rows = [[f"new-{number}", f"P {number}", "PL"] for number in range(count)]
    previewed = preview(admin_client, City, sheet(["slug", "name_lv", "country"], *rows))
    assert len(previewed.context["preview"].questions) == (count if count <= MOST_ASKED else 0)
    query = previewed.context[link]
    assert f'href="?{query.replace("&", "&amp;")}"' in previewed.content.decode()
    page = admin_client.get(f"{url(City, 'import')}?{query}")
    assert (problems(page), totals(page)) == ([], {counts: count})
    if counts == "new":
        confirmed(admin_client, City, page)
        assert City.objects.count() == 2 * count


def test_command_is_answered_by_an_option(tmp_path):
    make_city("radom", name_lv="Radoma", country="PL")
    path = tmp_path / "partners.csv"
    path.write_bytes(sheet(["slug", "name_lv", "country"], ["radoma", "Radoma", "PL"]))
    quiet = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    with pytest.raises(CommandError):
        call_command("import", "partners", str(path), **quiet)
    call_command("import", "partners", str(path), "--answer", "2=radom", **quiet)
    assert City.objects.count() == 1
    call_command("import", "partners", str(path), "--answer", "2=-", **quiet)
    assert City.objects.count() == 2


def test_asking_costs_as_many_queries_however_many_rows():
    def cost(count):
        for number in range(count):
            make_city(f"old-{count}-{number}", name_lv=f"P {count} {number}", country="PL")
        rows = [[f"new-{count}-{number}", f"P {count} {number}", "PL"] for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            plan = Plan(resource_for(City), read(io.BytesIO(sheet(["slug", "name_lv", "country"], *rows))))
        assert len(plan.questions) == count
        return len(queries)

    assert cost(2) == cost(40)


# Rows about nothing


def test_partner_without_a_date_becomes_no_agreement(admin_client):
    make_city("radom", name_lv="Radoma", country="PL")
    make_city("ferrara", name_lv="Ferrāra", country="IT")
    rows = [["Partneris", "Valsts", "Noslēgts", "Piezīmes"], ["Radoma", "Polija", "", ""]]
    rows += [["Ferrāra", "Itālija", "", "Draudzības pilsēta, līguma nav"]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    assert (problems(previewed), totals(previewed)) == ([], {})
    assert previewed.context["confirm_form"] is None
    page = " ".join(previewed.content.decode().split())
    assert "2 rindās ir partneris, bet nav ziņu par līgumu" in page
    assert "netiks izveidoti. Rindu numuri: 2, 3." in page
    assert "nav rindu" not in page
    assert "Reģistrā šie dati jau ir" not in page
    assert '<p class="import-verdict">Importēt nav ko.</p>' in page
    assert "Netiek importēts arī tas, kas šādās rindās ierakstīts citās kolonnās: Piezīmes (1)." in page


def test_partner_without_an_agreement_and_without_remarks_leaves_nothing_out(admin_client):
    make_agreement(make_city("radom"), slug="a", signed_on="2003")
    make_city("lida")
    rows = [["Partneris", "Noslēgts", "Piezīmes"], ["radom", "2003", ""], ["lida", "", ""]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    page = " ".join(previewed.content.decode().split())
    assert (totals(previewed), "Importēt nav ko." in page) == ({"unchanged": 1}, True)
    assert "Reģistrā šie dati jau ir" not in page
    assert "citās kolonnās" not in page


@pytest.mark.parametrize("answer", ["ferrara-1998", ANOTHER])
def test_partner_without_a_date_neither_empties_nor_makes_an_agreement(admin_client, answer):
    make_agreement(make_city("ferrara", name_lv="Ferrāra"), slug="ferrara-1998", signed_on="1998-03-18")
    rows = [["Partneris", "Noslēgts", "Piezīmes"], ["Ferrāra", "", "Līguma nav"]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    assert asked(previewed) == {2: ["ferrara-1998"]}
    page = answered(admin_client, Agreement, previewed, r2=answer)
    assert page.context["preview"].plan.without_record == ([2] if answer == ANOTHER else [])
    if answer != ANOTHER:
        confirmed(admin_client, Agreement, page)
    assert Agreement.objects.get().signed_on == "1998-03-18"


def test_other_rows_are_imported_beside_a_partner_without_an_agreement(admin_client):
    make_city("radom", name_lv="Radoma")
    make_city("lida", name_lv="Lida")
    imported(admin_client, Agreement, ["Partneris", "Noslēgts"], ["Radoma", "2003"], ["Lida", ""])
    assert [agreement.city.slug for agreement in Agreement.objects.all()] == ["radom"]


def test_agreement_without_a_date_is_made_where_something_else_tells_of_it(admin_client):
    make_city("radom", name_lv="Radoma")
    imported(admin_client, Agreement, ["Partneris", "Noslēgts", "Veids"], ["Radoma", "", "protokols"])
    assert Agreement.objects.get().kind == "protocol"


def test_row_without_a_date_that_lists_fields_is_asked_about(admin_client):
    make_city("radom", name_lv="Radoma")
    make_field("culture")
    previewed = preview(
        admin_client, Agreement, sheet(["city", "signed_on", "fields"], ["Radoma", "", "culture"])
    )
    assert sentences(previewed) == [
        "Rindā ir citas ziņas (Sadarbības jomas), bet nav ne datuma, ne veida, ne lēmuma, tāpēc nav skaidrs, vai līgums "
        "vispār ir. Ierakstiet datumu vai, ja līgums ir, bet tā datums nav zināms, identifikatoru."
    ]


def test_command_says_which_rows_are_about_no_agreement(tmp_path):
    make_city("radom", name_lv="Radoma")
    path = tmp_path / "agreements.csv"
    path.write_bytes(sheet(["Partneris", "Noslēgts", "Piezīmes"], ["Radoma", "", "Līguma nav"]))
    output = io.StringIO()
    call_command("import", "agreements", str(path), stdout=output)
    assert output.getvalue().splitlines()[1:] == [
        "1 rindā ir partneris, bet nav ziņu par līgumu, tāpēc līgums netiek izveidots. Rindas numurs: 2.",
        "Netiek importēts arī tas, kas šādās rindās ierakstīts citās kolonnās: Piezīmes (1).",
    ]
    assert Agreement.objects.count() == 0


# Blank cells


@pytest.mark.parametrize("keys", [[], ["slug"]])
def test_blank_cell_of_a_new_record_is_what_a_missing_column_is(admin_client, keys):
    make_city("radom", name_lv="Radoma")
    rows = [
        [*keys, "Partneris", "Noslēgts", "Veids", "Statuss", "Publicēts"],
        [*keys, "Radoma", "2003", "", "", ""],
    ]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    assert problems(previewed) == []
    confirm(admin_client, Agreement, previewed)
    agreement = Agreement.objects.get()
    assert (agreement.kind, agreement.status, agreement.is_published) == ("cooperation", "not-stated", False)


def test_blank_kind_of_a_record_there_is_is_refused(admin_client):
    make_agreement(slug="a")
    previewed = preview(admin_client, Agreement, sheet(["slug", "kind", "is_published"], ["a", "", ""]))
    assert [column for _row, column, *_rest in problems(previewed)] == ["kind", "is_published"]
