"""Who is answered what: every address of the site, as every role, held against permissions.csv.

The addresses come from the resolver: a new one fails here until it has its rows. A cell is the status of the
answer, with "writes" where something in the database was changed. To write the file anew and to review the
difference:

    PERMISSIONS=write LOCAL=1 .venv/bin/python -m pytest -n 0 tests/test_permissions.py
"""

import csv
import os
from pathlib import Path

import pytest

from partners.roles import Role

from .every_address import Site, addresses

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

TABLE = Path(__file__).with_name("permissions.csv")
ROLES = ["anonymous", "staff", *(role.name.lower() for role in Role), "superuser"]


def table():
    with TABLE.open(newline="") as file:
        return {(row["address"], row["method"]): row for row in csv.DictReader(file)}


def write(role, answers):
    rows = table() if TABLE.exists() else {}
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["address", "method", *ROLES], lineterminator="\n")
        writer.writeheader()
        for (address, method), cell in answers.items():
            known = rows.get((address, method), {"address": address, "method": method})
            writer.writerow({**known, role: cell})


@pytest.fixture
def site(request):
    return Site(request.param)


@pytest.mark.parametrize("site", ROLES, indirect=True, ids=ROLES)
def test_every_address_answers_each_role_as_the_table_says(site, request):
    role = request.node.callspec.params["site"]
    answers = {
        (name, method): site.answer(name, route, method)
        for name, route in addresses()
        for method in ("GET", "POST")
    }
    if os.environ.get("PERMISSIONS") == "write":
        write(role, answers)
    assert answers == {place: row[role] for place, row in table().items()}


@pytest.mark.parametrize("site", ["superuser"], indirect=True)
def test_no_method_but_post_writes(site):
    for name, route in addresses():
        cells = [site.answer(name, route, method) for method in ("HEAD", "PUT", "PATCH", "DELETE")]
        assert (name, [cell for cell in cells if "writes" in cell]) == (name, [])
        if name.startswith(("partners:", "api:")):
            assert (name, cells) == (name, ["200", "405", "405", "405"])


def test_table_lets_nobody_write_without_a_role_and_each_role_what_the_one_before_may():
    for place, row in table().items():
        writes = ["writes" in row[role] for role in ROLES]
        assert (place, writes[:2]) == (place, [False, False])
        assert (place, sorted(writes)) == (place, writes)
        assert (place, {row[role] for role in ROLES if place[1] == "GET" and "writes" in row[role]}) == (
            place,
            set(),
        )
