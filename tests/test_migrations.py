"""An administrator goes from version to version, forward and back, with all that the register holds."""

import re
import tomllib
from collections import Counter
from typing import NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from partners.merging import merge
from partners.models import (
    Agreement,
    City,
    CooperationField,
    DigestSubscription,
    Edition,
    Page,
    SavedForm,
    SecondFactorRequirement,
)

from .factories import make_agreement, make_city, make_document
from .spreadsheets import imported, preview, sheet
from .test_tally import counted, kept

DERIVED = ("partners_edition", "partners_tally", "partners_agreement_words")  # every write makes them anew
TO_DO = "^(If the register is in use already:|Nothing has to be done.)$"


def dump(tmp_path, name):
    path = tmp_path / name
    call_command(
        "dumpdata",
        "partners",
        exclude=["partners.edition", "partners.tally"],
        natural_foreign=True,
        natural_primary=True,
        indent=1,
        output=str(path),
    )
    return path


@pytest.mark.django_db(transaction=True)
def test_what_is_dumped_is_loaded_into_tables_that_were_made_anew(tmp_path, register):
    before = dump(tmp_path, "before.json")
    call_command("migrate", "partners", "zero", verbosity=0)
    call_command("migrate", "partners", verbosity=0)
    assert [model.objects.count() for model in (City, Agreement, CooperationField, Page)] == [0, 0, 0, 0]
    call_command("loaddata", str(before), verbosity=0)
    # Of an instant without milliseconds Django writes them once and then no more.
    texts = [path.read_text().replace(".000Z", "Z") for path in (dump(tmp_path, "after.json"), before)]
    assert texts[0] == texts[1]


# Step by step


class Table(NamedTuple):
    columns: list
    rows: list


def held():
    """What the database holds of the register, whatever the program thinks: tables by name."""
    tables = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name.startswith("partners_") and not name.startswith(DERIVED):
                cursor.execute(f"SELECT * FROM {name}")  # noqa: S608 a table of ours
                columns = [column[0] for column in cursor.description]
                tables[name] = Table(columns, [tuple(map(plain, row)) for row in cursor.fetchall()])
    return tables


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def in_both(one, other):
    """Of what `one` holds, the tables and columns that `other` has, too."""
    shared = {}
    for name in one.keys() & other.keys():
        columns = sorted(set(one[name].columns) & set(other[name].columns))
        places = [one[name].columns.index(column) for column in columns]
        shared[name] = Counter(tuple(row[place] for place in places) for row in one[name].rows)
    return shared


def put_back(tables):
    """Fill `tables`, which have just been made, as they were when they were last there."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, (columns, rows) in tables.items():
            values = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})", rows)  # noqa: S608


def count_on():
    """New rows get the keys after those that were put back."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(
            no_style(), apps.get_app_config("partners").get_models()
        ):
            cursor.execute(statement)


def steps():
    """The names of our migrations, from the first to the last."""
    loader = MigrationLoader(None)
    (last,) = loader.graph.leaf_nodes("partners")
    return [name for app, name in loader.graph.forwards_plan(last) if app == "partners"]


def some_of_everything(client, user):
    """A row in every table, beside the register that is delivered."""
    kept, duplicate = make_city("a"), make_city("b")
    agreement = make_agreement(duplicate, [CooperationField.objects.first()], slug="c", signed_on="2001-05")
    make_document(agreement)
    merge(kept, duplicate, user)
    headings = ["slug", "name_lv", "country"]
    imported(client, City, headings, ["tukums", "Tukums", "LV"])
    preview(client, City, sheet(headings, ["saldus", "Saldus", "LV"]))
    subscription = DigestSubscription.objects.create(user=user)
    subscription.sent_reminders.create(agreement=agreement, event="ended", due_on="2002")
    SecondFactorRequirement.objects.create(group=Group.objects.create(name="Revidenti"))
    SavedForm.objects.create(digest="f" * 64, record=agreement.pk)
    CooperationField.objects.last().save()
    Page.objects.first().save()


@pytest.mark.django_db(transaction=True)
@pytest.mark.ignore_template_errors
def test_each_step_back_and_forward_keeps_all_that_both_sides_know(register, admin_client, admin_user):
    some_of_everything(admin_client, admin_user)
    first = held()
    assert [name for name, table in first.items() if not table.rows] == []
    names = steps()
    were = {}  # what was held after each step, on the way back
    for name, target in zip(reversed(names), [*reversed(names[:-1]), "zero"], strict=True):
        were[name] = held()
        call_command("migrate", "partners", target, verbosity=0)
        now = held()
        assert in_both(now, were[name]) == in_both(were[name], now), f"back before {name}"
    assert held() == {}
    for name in names:
        before = held()
        call_command("migrate", "partners", name, verbosity=0)
        now = held()
        assert in_both(now, before) == in_both(before, now), f"forward to {name}"
        put_back({table: were[name][table] for table in now.keys() - before.keys()})
    count_on()
    last = held()
    assert {name: sorted(table.columns) for name, table in last.items()} == {
        name: sorted(table.columns) for name, table in first.items()
    }
    assert_that_the_database_does_its_part()


def assert_that_the_database_does_its_part():
    """Move the edition, keep count, index words: after migrations, which build tables anew."""
    assert kept() == counted()
    edition = Edition.objects.get().stamp
    agreement = make_agreement(City.objects.get(slug="a"), slug="d", scope_lv="Zirgkopība")
    assert Edition.objects.get().stamp != edition
    assert kept() == counted()
    assert list(Agreement.objects.filter(search_text__mentions="zirgkop")) == [agreement]
    agreement.scope_lv = "Biškopība"
    agreement.save()
    assert not Agreement.objects.filter(search_text__mentions="zirgkop").exists()
    agreement.delete()
    assert not Agreement.objects.filter(search_text__mentions="biskop").exists()
    assert kept() == counted()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # which fails where index and table differ
            cursor.execute(
                "INSERT INTO partners_agreement_words (partners_agreement_words) VALUES ('integrity-check')"
            )


# What stands in the changelog


def test_changelog_says_of_each_version_this_one_included_what_an_administrator_has_to_do():
    version = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
    _head, *versions = (settings.BASE_DIR / "CHANGELOG.md").read_text().split("\n## ")
    assert versions[0].split("\n")[0] == version
    silent = [text.split("\n")[0] for text in versions if not re.search(TO_DO, text, re.MULTILINE)]
    assert silent == []
