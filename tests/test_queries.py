"""A page costs the same number of queries whatever the size of the register."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from partners.models import Agreement, City, CooperationField

pytestmark = pytest.mark.django_db

PAGES = {
    "home": "/lv/",
    "partner list": "/lv/partneri/",
    "narrowed partner list": "/lv/partneri/?q=lietuva&country=LT&field=culture",
    "mistyped search": "/lv/partneri/?q=kutlura",
    "partner": "/lv/partneri/radom/",
    "agreement list": "/lv/ligumi/",
    "narrowed agreement list": "/lv/ligumi/?q=lietuva&country=LT&field=culture",
    "agreement": "/lv/ligumi/radom-2003/",
    "partners as GeoJSON": "/lv/partneri.geojson?country=LT",
    "feed": "/lv/ligumi.atom?country=LT",
    "calendar": "/lv/jubilejas.ics",
    "partners in the API": "/api/v1/partners?country=LT",
    "agreements in the API": "/api/v1/agreements?q=kutlura",
    "agreement in the API": "/api/v1/agreements/radom-2003",
    "fields in the API": "/api/v1/fields",
    "sitemap": "/sitemap.xml",
    "sitemap of the agreements": "/sitemap-agreements-lv.xml",
    "field list": "/lv/jomas/",
    "field": "/lv/jomas/culture/",
    "map": "/lv/karte/",
    "overview": "/lv/parskats/",
    "anniversaries": "/lv/jubilejas/",
    "text": "/lv/lapas/about/",
    "unknown address": "/lv/nekas/",
}


@pytest.fixture
def large_register(register):
    """The delivered register and, beside it, enough partners and agreements to make 2,200 of each."""
    culture = CooperationField.objects.get(slug="culture")
    cities = City.objects.bulk_create(
        City(slug=f"city-{number}", name_lv=f"Pilsēta {number}", country="LT", is_published=True)
        for number in range(2_200 - 22)
    )
    agreements = Agreement.objects.bulk_create(
        Agreement(slug=f"city-{n}-2020", city=city, signed_on="2020", scope_lv="Kultūra", is_published=True)
        for n, city in enumerate(cities)
    )
    Agreement.fields.through.objects.bulk_create(
        Agreement.fields.through(agreement=agreement, cooperationfield=culture) for agreement in agreements
    )
    # A database in use knows how large its tables are; one filled a moment ago may plan badly.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def queries_of(client):
    counts = {}
    for name, address in PAGES.items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(address)
            b"".join(response)  # what is streamed asks while it is read
        assert response.status_code == (404 if name == "unknown address" else 200)
        counts[name] = len(queries)
    return counts


EXPECTED = {
    "home": 6,
    "partner list": 4,
    "narrowed partner list": 7,
    "mistyped search": 15,
    "partner": 4,
    "agreement list": 4,
    "narrowed agreement list": 8,
    "agreement": 6,
    "partners as GeoJSON": 3,
    "feed": 7,
    "calendar": 4,
    "partners in the API": 5,
    "agreements in the API": 14,
    "agreement in the API": 5,
    "fields in the API": 4,
    "sitemap": 18,
    "sitemap of the agreements": 2,
    "field list": 2,
    "field": 4,
    "map": 4,
    "overview": 5,
    "anniversaries": 3,
    "text": 2,
    "unknown address": 1,
}


def test_pages_of_22_partners_cost_these_queries(client, register):
    assert queries_of(client) == EXPECTED


def test_pages_of_2200_partners_cost_as_many_queries_as_those_of_22(client, large_register):
    assert City.objects.count() == 2_200
    # More agreements are found than are counted.
    assert queries_of(client) == {**EXPECTED, "narrowed agreement list": 7}


WHOLE_TABLE = re.compile(r"^SCAN partners_agreement$|Seq Scan on partners_agreement\b")
LISTS = [
    "/lv/ligumi/",
    "/lv/ligumi/?page=last",
    "/lv/ligumi/?page=20",
    "/lv/ligumi/?country=LT",
    "/lv/ligumi/?field=culture",
    "/lv/ligumi/?status=not-stated&kind=cooperation",
    "/lv/ligumi/?year_from=2001&year_to=2019",
    "/lv/ligumi/?sort=oldest",
    "/lv/ligumi/?sort=name",
    "/lv/partneri/",
    "/lv/partneri/?field=culture&country=LT",
    "/lv/partneri/radom/",
    "/lv/jomas/",
    "/lv/karte/",
    "/lv/",
]


def plan_of(queries):
    """How the database would go about these queries."""
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        for query in queries:
            if query["sql"].startswith(("SELECT", "(SELECT")):
                cursor.execute(f"{explain} {query['sql']}")
                yield from (str(row[-1]).strip() for row in cursor.fetchall())


def test_no_list_reads_all_agreements(client, large_register):
    whole = {}
    for address in LISTS:
        with CaptureQueriesContext(connection) as queries:
            assert (address, client.get(address).status_code) == (address, 200)
        with transaction.atomic():
            if connection.vendor == "postgresql":
                # Of 2,200 rows it may be quicker to read all; what is asked is whether there is another way.
                connection.cursor().execute("SET LOCAL enable_seqscan = off")
            plan = list(plan_of(queries.captured_queries))
            transaction.set_rollback(True)  # the next list is planned as usual
        assert plan
        whole[address] = [line for line in plan if WHOLE_TABLE.search(line)]
    assert whole == {address: [] for address in LISTS}
