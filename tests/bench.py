"""What spreadsheets and searches cost, measured: ``make bench``, or this file with ``--help``.

Ratios are taken within one run, because machines differ. The yardsticks are django-import-export as it comes
(row by row; measured on fewer rows and multiplied, since its cost grows with their number), csv.writer and
XlsxWriter. Everything happens in a database of its own.
"""

import argparse
import csv
import io
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path

ROOT = Path(__file__).parent.parent


def start(folder):
    """Django with an empty database, in `folder` unless DATABASE_URL names a server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twinning.settings")
    os.environ["DATA_DIR"] = folder
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


def timed(function, *arguments):
    begun = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - begun, result


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def agreements(count, key="bench"):
    """A CSV file with that many new agreements of the partners of the register."""
    from partners.models import City, CooperationField
    from partners.resources import AgreementResource

    headings = [column.column_name for column in AgreementResource().columns]
    cities = list(City.objects.values_list("slug", flat=True))
    fields = list(CooperationField.objects.values_list("slug", flat=True))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, headings, restval="")
    writer.writeheader()
    for number in range(count):
        chosen = {fields[number % len(fields)], fields[(number + 5) % len(fields)]}
        writer.writerow(
            {
                "slug": f"{key}-{number}",
                "city": cities[number % len(cities)],
                "kind": "cooperation",
                "signed_on": f"{1990 + number % 30}-{1 + number % 12:02}-{1 + number % 28:02}",
                "status": "in-force",
                "valid_until": str(2030 + number % 5),
                "renews_automatically": "1",
                "notice_months": str(1 + number % 12),
                "decision_number": f"Nr. {number}",
                "scope_lv": "Izglītība | Kultūra un māksla | Sports",
                "scope_en": "Education | Culture and arts | Sport",
                "fields": " | ".join(sorted(chosen)),
                "internal_note": f"Piezīme {number}",
                "is_published": "1",
            }
        )
    return file.getvalue().encode()


def plain_resource():
    """django-import-export as it comes, but for the keys by which it has to find records."""
    from import_export.fields import Field
    from import_export.resources import ModelResource
    from import_export.widgets import ForeignKeyWidget, ManyToManyWidget, Widget

    from partners.models import Agreement, City, CooperationField
    from partners.partial_dates import PartialDate
    from partners.resources import AgreementResource

    class DateWidget(Widget):
        def clean(self, value, row=None, **kwargs):
            return PartialDate(value) if value else None

    class Plain(ModelResource):
        city = Field("city", "city", ForeignKeyWidget(City, "slug"))
        supplements = Field("supplements", "supplements", ForeignKeyWidget(Agreement, "slug"))
        signed_on = Field("signed_on", "signed_on", DateWidget())
        fields = Field("fields", "fields", ManyToManyWidget(CooperationField, " | ", "slug"))

        class Meta:
            model = Agreement
            import_id_fields = ("slug",)
            fields = AgreementResource._meta.fields

    return Plain()


def plain_addresses():
    """The admin of django-import-export as it comes, under /plain/; a module of addresses."""
    from django.contrib.admin import AdminSite
    from django.urls import path
    from import_export.admin import ImportExportModelAdmin

    from partners.models import Agreement

    site = AdminSite()
    plain = type("PlainAdmin", (ImportExportModelAdmin,), {"resource_classes": [type(plain_resource())]})
    site.register(Agreement, plain)
    module = types.ModuleType("plain_addresses")
    module.urlpatterns = [path("plain/", site.urls)]
    return module


def import_plainly(officer, content):
    """Preview and confirm in the admin of django-import-export: without validation, history and undo."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import override_settings

    templates = [{**settings.TEMPLATES[0], "DIRS": []}]
    plainly = {"ROOT_URLCONF": plain_addresses(), "TEMPLATES": templates, "SIMPLE_HISTORY_ENABLED": False}
    with override_settings(**plainly):
        file = SimpleUploadedFile("bench.csv", content)
        data = {"import_file": file, "format": "0", "resource": "0"}
        previewed = officer.client.post("/plain/partners/agreement/import/", data)
        page = previewed.content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        confirmed = officer.client.post("/plain/partners/agreement/process_import/", hidden)
    assert confirmed.status_code == 302, confirmed.content.decode()


class Officer:
    """Imports through the admin."""

    def __init__(self):
        from django.contrib.auth.models import User
        from django.test import Client

        self.client = Client()
        user, _created = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
        self.client.force_login(user)

    def preview(self, content):
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("bench.csv", content)
        return self.client.post("/lv/admin/partners/agreement/import/", {"import_file": file}, follow=True)

    def confirm(self):
        from partners.models import SpreadsheetImport

        data = {"upload": SpreadsheetImport.objects.unconfirmed().latest("pk").pk}
        answer = self.client.post("/lv/admin/partners/agreement/process_import/", data)
        assert answer.status_code == 302, answer.content.decode()

    def imports(self, content):
        self.preview(content)
        self.confirm()


def bench_import(count):
    """Preview and confirm of new agreements, and of what the register says already."""
    officer = Officer()
    content = agreements(count)
    preview_time, previewed = timed(officer.preview, content)
    confirm_time, _ = timed(officer.confirm)
    again_time, again = timed(officer.preview, content)
    assert b'name="confirm"' in previewed.content
    assert b'name="confirm"' not in again.content
    sample = max(count // 10, 100)
    plainly, _ = timed(import_plainly, officer, agreements(sample, "plain"))
    plainly_again, _ = timed(import_plainly, officer, agreements(sample, "plain"))
    plainly, plainly_again = plainly * count / sample, plainly_again * count / sample
    ours = preview_time + confirm_time
    report(f"import of {count} new agreements: preview {preview_time:.1f} s, confirm {confirm_time:.1f} s")
    report(f"  django-import-export as it comes: {plainly:.0f} s, {plainly / ours:.0f} times as long")
    report(f"  the preview is a page of {len(previewed.content) // 1000} kB")
    report(f"import of the same file again: {again_time:.2f} s, no confirmation needed")
    report(
        f"  django-import-export as it comes: {plainly_again:.0f} s, {plainly_again / again_time:.0f} times as long"
    )


def bench_memory(count):
    """The most memory that the import of many rows takes, in a process of its own."""
    Officer().imports(agreements(count))
    report(f"import of {count} rows: at most {peak()} MB")


def bench_saves(count, folder):
    """How long others wait who save in the admin while a file is imported."""
    command = [sys.executable, __file__, "--saver", folder]
    savers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _saver in range(2)]
    for saver in savers:
        saver.stdout.readline()  # it has begun
    Officer().imports(agreements(count, "busy"))
    waits = sorted(wait for saver in savers for wait in json.loads(saver.communicate(b"stop\n")[0]))
    report(
        f"{len(waits)} saves by 2 others during an import of {count} rows: no error, "
        f"95th percentile {waits[len(waits) * 95 // 100]:.2f} s, longest {waits[-1]:.2f} s"
    )


def saver():
    """Save a form of the admin over and over until told to stop; print how long each took."""
    import select

    from partners.models import CooperationField

    officer, waits = Officer(), []
    field = CooperationField.objects.order_by("?").first()
    address = f"/lv/admin/partners/cooperationfield/{field.pk}/change/"
    print(flush=True)  # noqa: T201 the importer waits for it
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        data = {"name_lv": field.name_lv, "name_en": f"Topic {len(waits)}", "position": 1, "slug": field.slug}
        wait, answer = timed(officer.client.post, address, data)
        assert answer.status_code == 302, answer.content.decode()
        waits.append(wait)
    print(json.dumps(waits))  # noqa: T201


def bench_export(count):
    """Export of many agreements, against the same rows written by the bare writers."""
    import xlsxwriter

    from partners.exports import EXCHANGE, sheets
    from partners.formats import CSV, JSON, ODS, XLSX
    from partners.models import Agreement
    from partners.resources import AgreementResource

    paths = [column.attribute for column in AgreementResource().columns if column.attribute != "fields"]

    def bare_csv(file):
        rows = Agreement.objects.order_by("slug").values_list(*paths).iterator()
        csv.writer(io.TextIOWrapper(file, newline="", write_through=True)).writerows(rows)

    def bare_xlsx(file):
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        page = book.add_worksheet()
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                page.write_string(number, place, cell)
        book.close()

    def ours(file_format):
        with tempfile.TemporaryFile() as file:
            file_format().write(file, sheets(Agreement.objects.all(), EXCHANGE, None))

    def bare(write):
        with tempfile.TemporaryFile() as file:
            write(file)

    fill(count)
    total = Agreement.objects.count()
    report(f"export of {total} agreements, at {peak()} MB before")
    csv_time, _ = timed(ours, CSV)
    bare_csv_time, _ = timed(bare, bare_csv)
    report(
        f"  CSV {csv_time:.1f} s, {csv_time / bare_csv_time:.1f} times csv.writer over values_list().iterator()"
    )
    xlsx_time, _ = timed(ours, XLSX)
    report(f"  at {peak()} MB after CSV and XLSX")
    rows = [
        [str(cell) for cell in row] for row in AgreementResource().rows(Agreement.objects.order_by("slug"))
    ]
    bare_xlsx_time, _ = timed(bare, bare_xlsx)
    report(f"  XLSX {xlsx_time:.1f} s, {xlsx_time / bare_xlsx_time:.1f} times XlsxWriter fed the same rows")
    for file_format in (ODS, JSON):
        report(f"  {file_format.__name__} {timed(ours, file_format)[0]:.1f} s")


def bench_search(count):
    """Searches of visitors, against the bare list."""
    from django.db import connection
    from django.test import Client

    fill(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()

    def middling(address):
        times = sorted(timed(client.get, address)[0] for _time in range(5))
        return times[2]

    client.get("/lv/")
    for name, path in (("agreements", "/lv/ligumi/"), ("partners", "/lv/partneri/")):
        bare = middling(path)
        report(f"list of {name} at {count} agreements: {bare:.2f} s")
        for query in ("sports", "lietuva", "many-77", "polija izglītība", "kutlura", "xyzzyx"):
            took = middling(f"{path}?q={query}")
            report(f"  search for {query}: {took:.2f} s, {took / bare:.1f} times as long")


def bench_desk(count):
    """Pages of the admin with many agreements, against the delivered register; and how many queries they take."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

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

    def middling(address):
        client.get(address)
        times = sorted(timed(client.get, address)[0] for _time in range(7))
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return times[3], len(queries)

    small = {name: middling(address) for name, address in pages.items()}
    fill(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for name, address in pages.items():
        (before, few), (took, many) = small[name], middling(address)
        report(
            f"{name}: {took:.3f} s, {took / before:.1f} times the {before:.3f} s of the delivered register; queries {few}, {many}"
        )


def fill(count):
    from partners.models import Agreement, City

    cities = list(City.objects.values_list("pk", flat=True))
    made = Agreement.objects.bulk_create(
        (
            Agreement(
                slug=f"many-{number}",
                city_id=cities[number % len(cities)],
                signed_on=f"{1990 + number % 30}-{1 + number % 12:02}-{1 + number % 28:02}",
                scope_lv="Izglītība\nKultūra un māksla\nSports",
                scope_en="Education\nCulture and arts\nSport",
                decision_number=f"Nr. {number}",
                is_published=True,
            )
            for number in range(count)
        ),
        batch_size=1000,
    )
    through = Agreement.fields.through
    through.objects.bulk_create(
        (
            through(agreement_id=agreement.pk, cooperationfield_id=1 + (number + step) % 19)
            for number, agreement in enumerate(made)
            for step in (0, 5)
        ),
        batch_size=5000,
    )


def report(line):
    print(line, flush=True)  # noqa: T201 what it is for


PARTS = {
    "import": bench_import,
    "saves": bench_saves,
    "memory": bench_memory,
    "export": bench_export,
    "search": bench_search,
    "desk": bench_desk,
}
DEFAULT = (
    ("import", 10_000),
    ("saves", 10_000),
    ("memory", 10_000),
    ("memory", 50_000),
    ("export", 100_000),
    ("search", 100_000),
    ("desk", 20_000),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", nargs="?", choices=PARTS, help="all of them unless one is named")
    parser.add_argument("rows", nargs="?", type=int, default=10_000)
    parser.add_argument("--saver", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.saver:
        start(options.saver)
        saver()
    elif options.part:
        with tempfile.TemporaryDirectory() as folder:
            start(folder)
            bench(PARTS[options.part], options.rows, folder)
    else:
        # Each in a process and a database of its own, so that none pays for what another left behind.
        for part, rows in DEFAULT:
            subprocess.run([sys.executable, __file__, part, str(rows)], check=True)


def bench(part, rows, folder):
    """Run one part in an empty database that holds the register."""
    from django.core.management import call_command
    from django.db import connection

    on_server = connection.vendor == "postgresql"
    if on_server:
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        os.environ["DATABASE_URL"] = f"{server}/{name}"  # for the processes that this one starts
    else:
        call_command("migrate", verbosity=0)
    report(f"— {connection.vendor}")
    call_command("loaddata", "daugavpils", verbosity=0)
    try:
        part(rows, folder) if part is bench_saves else part(rows)
    finally:
        if on_server:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
