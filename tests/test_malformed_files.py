"""Broken, tricky and hostile files: each is understood exactly, or refused with a sentence that helps.

The files are in tests/files/, made by tests/malformed/. They go in through the admin, as an officer sends them;
the register holds a partner, three agreements and a field of cooperation.
"""

import io
import json
import tracemalloc
from pathlib import Path

import pytest

from partners.formats import UnreadableError, read
from partners.models import Agreement

from .factories import make_agreement, make_city, make_field
from .malformed import built
from .malformed.rules import REFUSED, SECOND, THIRD, UNDERSTOOD, UNREADABLE, WITHOUT_ROWS
from .malformed.text import KEY
from .spreadsheets import JSON, confirm, export, preview, problems, sentences, totals

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

FOLDER = Path(__file__).with_name("files")
BOMBS = [
    "bomb.xlsx",
    "bomb-that-lies.xlsx",
    "laughs-in-texts.xlsx",
    "cell-too-long.xlsx",
    "repeated-a-million-times.ods",
    "rows-repeated-beyond-limit.ods",
    "rows-repeated-again-and-again.ods",
    "columns-repeated-beyond-limit.ods",
    "spaces-again-and-again.ods",
    "deep.json",
]
MOST_MEMORY = 16 * 2**20


@pytest.fixture(autouse=True)
def _register(db):
    tukums = make_city("tukums")
    make_field("culture", name_lv="Kultūra", name_en="Culture")
    for key in (KEY, SECOND, THIRD):
        make_agreement(tukums, slug=key, is_published=False)


def content(name):
    return (FOLDER / name).read_bytes()


def held(client, model, columns, keys):
    """What the register holds of the records with `keys`, in these `columns`."""
    records = {record["slug"]: record for record in json.loads(export(client, model, JSON))}
    return [[records[key][column] for column in columns] for key in keys]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_file_is_read_exactly(name):
    expected = UNDERSTOOD[name]
    table = read(io.BytesIO(content(name)))
    rows = list(table.rows)
    assert (table.headings, table.notes) == (expected.headings, list(expected.notes))
    assert [row.cells for row in rows] == expected.rows


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_a_file_says_is_what_the_register_holds_in_the_end(admin_client, name):
    expected = UNDERSTOOD[name]
    stored = expected.stored or expected.rows
    previewed = preview(admin_client, expected.model, content(name))
    assert sentences(previewed) == []
    assert totals(previewed) == (expected.totals or {"changed": len(stored)})
    confirm(admin_client, expected.model, previewed)
    columns = expected.columns or expected.headings
    assert held(admin_client, expected.model, columns, [row[0] for row in stored]) == stored
    assert totals(preview(admin_client, expected.model, content(name))) == {"unchanged": len(stored)}


@pytest.mark.parametrize("name", UNREADABLE)
def test_file_that_cannot_be_read_exactly_is_refused_with_what_to_do(admin_client, name):
    before = export(admin_client, Agreement)
    refused = preview(admin_client, Agreement, content(name))
    assert (refused.status_code, sentences(refused)) == (200, [UNREADABLE[name]])
    assert "preview" not in refused.context
    assert export(admin_client, Agreement) == before


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_in_a_file_is_said_with_row_and_column(admin_client, name):
    before = export(admin_client, Agreement)
    refused = preview(admin_client, Agreement, content(name))
    assert (refused.status_code, problems(refused)) == (200, REFUSED[name])
    assert refused.context["confirm_form"] is None
    assert export(admin_client, Agreement) == before


@pytest.mark.parametrize("name", WITHOUT_ROWS)
def test_file_without_rows_changes_nothing(admin_client, name):
    previewed = preview(admin_client, Agreement, content(name))
    assert (sentences(previewed), totals(previewed)) == ([], {})
    assert previewed.context["confirm_form"] is None


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_file_takes_little_memory(name):
    uploaded = io.BytesIO(content(name))
    tracemalloc.start()
    try:
        for _row in read(uploaded).rows:
            pass
    except UnreadableError:
        pass
    finally:
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < MOST_MEMORY


def test_every_file_has_a_rule_and_only_one():
    files = {path.name for path in FOLDER.iterdir() if path.is_file()}
    ruled = [*UNDERSTOOD, *UNREADABLE, *REFUSED, *WITHOUT_ROWS]
    assert sorted(ruled) == sorted(files)


def test_files_are_built_with_the_same_bytes_every_time():
    assert built() == {name: content(name) for name in [*UNDERSTOOD, *UNREADABLE, *REFUSED, *WITHOUT_ROWS]}
