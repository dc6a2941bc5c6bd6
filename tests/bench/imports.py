"""What imports cost in time, in memory, and for others who save meanwhile."""

import json
import subprocess
import sys

from .plain_imports import import_plainly
from .registers import agreements
from .running import ROOT, peak, report, timed


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


SAVERS = 8


def bench_saves(count, folder):
    """How long others wait who save in the admin while a file is imported."""
    command = [sys.executable, "-m", "tests.bench", "--saver", folder]
    savers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _saver in range(SAVERS)
    ]
    for saver in savers:
        saver.stdout.readline()  # it has begun
    Officer().imports(agreements(count, "busy"))
    waits = sorted(wait for saver in savers for wait in json.loads(saver.communicate(b"stop\n")[0]))
    report(
        f"{len(waits)} saves by {SAVERS} others during an import of {count} rows: no error, "
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
