"""What exports cost, against bare writers."""

import csv
import io
import tempfile

from .registers import fill
from .running import peak, report, timed


def bench_export(count):
    """Export of many agreements, against the same rows written by the bare writers."""
    import xlsxwriter
    from django.utils import timezone

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
            file_format().write(file, sheets(Agreement.objects.all(), EXCHANGE, timezone.localdate()))

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
