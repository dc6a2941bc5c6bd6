"""Recognising what a file is, by its content and never by its name."""

from django.utils.translation import gettext as _

from .archive import opened
from .ods import read_ods
from .plain import read_json, read_text
from .table import UnreadableError, check_size
from .xlsx import read_xlsx

OLE2 = b"\xd0\xcf\x11\xe0"
# What files begin with that are surely no table.
STRANGERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def read(file):
    """The Table in the open binary `file`; raises UnreadableError with a sentence in the active language.

    Limits on size, parts, rows, columns and cells are in the settings IMPORT_MAX_….
    """
    file.seek(0, 2)
    check_size(file.tell())
    file.seek(0)
    content = file.read()
    if content.startswith(b"PK"):
        return read_archive(content)
    if content.startswith(OLE2):
        raise UnreadableError(
            _("This is an old or encrypted Excel file. Save it as XLSX without a password.")
        )
    if content.startswith(STRANGERS):
        raise UnreadableError(_("This file is no table. Choose an XLSX, ODS or CSV file."))
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"[{", b"[\n{", b"[\r\n{", b"[]", b'{"')):
        return read_json(content)
    return read_text(content)


def read_archive(content):
    archive = opened(content)
    names = set(archive.namelist())
    if "content.xml" in names:
        return read_ods(archive)
    if "xl/workbook.bin" in names:
        raise UnreadableError(_("This is a binary Excel file (XLSB). Save it as XLSX."))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise UnreadableError(_("This workbook holds macros. Save it as XLSX, which leaves them out."))
    if "xl/workbook.xml" in names:
        return read_xlsx(archive)
    raise UnreadableError(_("This file is no table. Choose an XLSX, ODS or CSV file."))
