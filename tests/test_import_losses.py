"""What the register would lose by an import is counted and shown: before, on the command line and afterwards."""

import io

import pytest
from django.core.management import call_command

from partners.models import Agreement, City, SpreadsheetImport

from .factories import make_agreement, make_city, make_field
from .spreadsheets import confirm, preview, sheet
from .test_admin import admin_url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def said(previewed):
    """What the preview says of losses, by kind: the columns with their numbers."""
    shown = previewed.context["preview"]
    kinds = {"emptied": shown.emptied, "removed": shown.removed, "shortened": shown.shortened}
    return {kind: counts for kind, counts in kinds.items() if counts}


@pytest.fixture
def radom():
    fields = [make_field(slug) for slug in ("culture", "sport", "tourism", "education")]
    return make_agreement(make_city("radom"), fields, slug="radom-2003", scope_lv="Kultūra\nSports")


def test_fields_of_cooperation_that_a_list_takes_away_are_counted_and_shown(admin_client, radom):
    previewed = preview(admin_client, Agreement, sheet(["slug", "fields"], ["radom-2003", "education"]))
    assert said(previewed) == {"removed": [("Sadarbības jomas", 3)]}
    [(_row, [change])] = previewed.context["preview"].rows
    assert change.loss.entries == ("Culture", "Sport", "Tourism")
    page = previewed.content.decode()
    assert "No šiem sarakstiem tiks izņemtas vērtības: Sadarbības jomas (3)." in " ".join(page.split())
    assert "Izņemts: Culture; Sport; Tourism" in " ".join(page.split())
    assert "Neviena vērtība netiks dzēsta." not in page


@pytest.mark.parametrize(
    ("model", "column", "old", "new", "loss"),
    [
        (City, "other_names", "Lyda\nLīda", "Lyda", {"removed": [("Citi nosaukumi", 1)]}),
        (City, "description_lv", "Liela pilsēta.", "Pilsēta.", {"shortened": [("Apraksts · LV", 1)]}),
        (City, "description_lv", "Pilsēta.", "Liela pilsēta.", {}),
        (City, "name_lv", "Lida", "Līda", {}),
        (City, "name_lv", "Lida (Baltkrievija)", "Lida", {"shortened": [("Nosaukums · LV", 1)]}),
        (City, "region_lv", "Grodņa", "", {"emptied": [("Reģions · LV", 1)]}),
        (City, "website", "https://lida.by/lv/", "https://lida.by/", {}),
        (Agreement, "scope_lv", "Kultūra\nSports", "Sports | Tūrisms", {"removed": [("Sadarbības virzieni · LV", 1)]}),
        (Agreement, "scope_lv", "Kultūra\nSports", "Sports | Kultūra", {}),
        (Agreement, "scope_lv", "Kultūra\nSports", "", {"emptied": [("Sadarbības virzieni · LV", 1)]}),
        (Agreement, "signed_on", "2003-11-17", "2003-11", {"shortened": [("Noslēgts", 1)]}),
        (Agreement, "signed_on", "2003-11", "2003-11-17", {}),
        (Agreement, "internal_note", "Zvanīt martā.", "Zvanīt.", {"shortened": [("Iekšējā piezīme", 1)]}),
        (Agreement, "notice_months", 12, "1", {}),
    ],
)  # fmt: skip
def test_every_kind_of_loss_counts_and_nothing_else_does(admin_client, model, column, old, new, loss):
    if model is City:
        make_city("x", is_published=False, **{"name_lv": "Lida", column: old})
    else:
        make_agreement(slug="x", is_published=False, **{column: old})
    assert said(preview(admin_client, model, sheet(["slug", column], ["x", new]))) == loss


def test_agreement_that_supplements_nothing_any_more_counts_as_a_loss(admin_client, radom):
    make_agreement(radom.city, slug="extra", supplements=radom)
    previewed = preview(admin_client, Agreement, sheet(["slug", "supplements"], ["extra", ""]))
    assert said(previewed) == {"emptied": [("Papildina līgumu", 1)]}


def test_rows_that_lose_something_come_first(admin_client, radom):
    make_city("saldus")
    rows = [["saldus", "Saldus pilsēta"], ["radom", ""]]
    City.objects.filter(slug="radom").update(name_en="Radom")
    previewed = preview(admin_client, City, sheet(["slug", "name_en"], *rows))
    assert [row.slug for row, _changes in previewed.context["preview"].rows] == ["radom", "saldus"]


def test_recorded_import_says_how_much_was_lost_and_shows_it(admin_client, radom):
    content = sheet(["slug", "fields", "scope_lv"], ["radom-2003", "education", ""])
    confirm(admin_client, Agreement, preview(admin_client, Agreement, content))
    record = SpreadsheetImport.objects.get()
    assert record.lost_count == 4
    page = " ".join(
        admin_client.get(admin_url(SpreadsheetImport, "change", record.pk)).content.decode().split()
    )
    assert "Izņemts: Culture; Sport; Tourism" in page


def test_command_says_what_is_lost_before_it_writes(tmp_path, radom):
    path = tmp_path / "agreements.csv"
    path.write_bytes(sheet(["slug", "fields", "scope_lv"], ["radom-2003", "education", "Kultūra"]))
    output = io.StringIO()
    call_command("import", "agreements", str(path), dry_run=True, stdout=output)
    assert output.getvalue().splitlines()[1:] == [
        "Reģistrā tiek dzēstas 4 vērtības, sarakstu vai tekstu daļas:",
        "  2: radom-2003: fields: culture | sport | tourism",
        "  2: radom-2003: scope_lv: Sports",
    ]


def test_import_that_loses_nothing_says_so(admin_client):
    make_city("saldus")
    previewed = preview(admin_client, City, sheet(["slug", "name_en"], ["saldus", "Saldus"]))
    assert said(previewed) == {}
    assert "Neviena vērtība netiks dzēsta." in previewed.content.decode()
