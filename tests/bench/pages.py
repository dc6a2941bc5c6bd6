"""What pages cost with many agreements: searches of visitors, and the admin."""

from .registers import fill
from .running import report, timed


def settle():
    """Give the database the statistics that it has in use: after an import, or by autovacuum."""
    from django.db import connection

    from partners.models.query_statistics import update_statistics

    update_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def bench_search(count):
    """Searches of visitors, against the bare list."""
    from django.test import Client

    fill(count)
    settle()
    client = Client()

    def middling(address):
        times = sorted(timed(client.get, address)[0] for _time in range(5))
        return times[2]

    client.get("/lv/")
    for name, path in (("agreements", "/lv/ligumi/"), ("partners", "/lv/partneri/")):
        bare = middling(path)
        report(f"list of {name} at {count} agreements: {bare:.2f} s")
        for query in ("sports", "lietuva", "many-77", "a", "polija izglītība", "kutlura", "xyzzyx"):
            took = middling(f"{path}?q={query}")
            report(f"  search for {query}: {took:.2f} s, {took / bare:.1f} times as long")


def bench_cold(count):
    """Public pages that nobody has rendered yet, against the delivered register; and how many queries they take."""
    pages = {
        "agreements": "/lv/ligumi/",
        "agreements of a country": "/lv/ligumi/?country=LT",
        "agreements on a field": "/lv/ligumi/?field=culture",
        "agreements of some years": "/lv/ligumi/?year_from=2000&year_to=2010",
        "agreements, oldest first": "/lv/ligumi/?sort=oldest",
        "agreements by partner": "/lv/ligumi/?sort=name",
        "last page of agreements": "/lv/ligumi/?page=last",
        "search for agreements": "/lv/ligumi/?q=radom-2003",
        "partners": "/lv/partneri/",
        "partners on a field": "/lv/partneri/?field=culture",
        "a partner": "/lv/partneri/radom/",
        "an agreement": "/lv/ligumi/radom-2003/",
        "home page": "/lv/",
        "fields": "/lv/jomas/",
        "map": "/lv/karte/",
    }
    compare(pages, count)


def bench_desk(count):
    """Pages of the admin with many agreements, against the delivered register; and how many queries they take."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from partners.models import City

    client = Client()
    client.force_login(get_user_model().objects.create_superuser("bench"))
    partner = City.objects.get(slug="radom").pk
    pages = {
        "front page": "/lv/admin/",
        "agreements": "/lv/admin/partners/agreement/",
        "agreements, searched": "/lv/admin/partners/agreement/?q=lietuva",
        "agreements, narrowed": "/lv/admin/partners/agreement/?country=LT&translation=missing-lv",
        "partners": "/lv/admin/partners/city/",
        "fields": "/lv/admin/partners/cooperationfield/",
        "a partner": f"/lv/admin/partners/city/{partner}/change/",
    }
    compare(pages, count, client)


def compare(pages, count, client=None):
    """Tell what `pages` cost with `count` agreements more, against the delivered register."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = client or Client()

    def measured(address):
        client.get(address)
        took = min(timed(client.get, address)[0] for _time in range(10))  # what others do only adds to it
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return took, len(queries)

    small = {name: measured(address) for name, address in pages.items()}
    fill(count)
    settle()
    for name, address in pages.items():
        (before, few), (took, many) = small[name], measured(address)
        report(
            f"{name}: {took:.3f} s, {took / before:.1f} times the {before:.3f} s of the delivered register; queries {few}, {many}"
        )
