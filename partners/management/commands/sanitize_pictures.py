from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import BaseCommand, CommandError
from django.db import transaction

from partners.contents import examine
from partners.models import Document
from partners.models.document import NO_PICTURES, name_in_storage
from partners.sanitizing import sanitized


class Command(BaseCommand):
    help = (
        "Takes place, device and whatever stands behind the picture out of pictures that an earlier version "
        "stored; those of former versions, which can be restored, too. The files it replaces stay in the "
        "storage, where nothing leads to them. It may be run at any time, and again. "
        "Exit codes: 0 done, 1 a file could not be read."
    )

    def handle(self, **options):
        replaced = failed = 0
        pictures = [records.exclude(media_type__in=NO_PICTURES) for records in rows_of_documents()]
        names = {name for rows in pictures for name in rows.values_list("file", flat=True)}
        for name in sorted(names):
            try:
                replaced += sanitize(name)
            except (OSError, ValidationError) as error:
                failed += 1
                self.stderr.write(f"{name}: {error}")
        self.stdout.write(f"{len(names)} pictures, {replaced} of them replaced.")
        if failed:
            raise CommandError(f"{failed} pictures could not be read.")


def rows_of_documents():
    return Document.objects.order_by(), Document.history.order_by()


def sanitize(name):
    """Let documents and their history name a sanitized copy of the file `name`; return whether it differs."""
    with default_storage.open(name) as stored:
        kept = sanitized(File(stored, name))
        content = examine(kept)
        if content == examine(File(stored, name)):
            return False
        new_name = default_storage.save(name_in_storage(content, name), kept)
    with transaction.atomic():
        for rows in rows_of_documents():
            rows.filter(file=name).update(file=new_name, **content._asdict())
    return True
