"""SQLite knows how large its tables are after whatever changes their size at once."""

import pytest
from django.core.management import call_command
from django.db import connection

from partners.models import Agreement, City

from .factories import make_agreement, make_city
from .spreadsheets import imported

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL collects its own statistics"),
]


@pytest.fixture(autouse=True)
def _without_statistics():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # which makes the table, where there is none
        cursor.execute("DELETE FROM sqlite_stat1")


def known_size(model):
    """How many rows SQLite believes the table of `model` to have; None if it knows nothing of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = %s", [model._meta.db_table])
        return next((int(stat.split()[0]) for (stat,) in cursor), None)


def test_statistics_are_updated_by_an_import(admin_client):
    rows = ([f"city-{number}", f"Pilsēta {number}", "LV"] for number in range(7))
    imported(admin_client, City, ["slug", "name_lv", "country"], *rows)
    assert known_size(City) == 7


def test_statistics_are_updated_by_migrate():
    make_agreement(make_city())
    call_command("migrate", verbosity=0)
    assert known_size(Agreement) == 1


@pytest.mark.django_db(transaction=True)
def test_statistics_are_updated_by_the_backup_of_each_night(tmp_path):
    make_city()
    call_command("backup", tmp_path / "backup.zip", verbosity=0)
    assert known_size(City) == 1
