"""Recognising what a file is, by its content and never by its name."""

import re

from django.utils.translation import gettext as _

from .archive import entry_name, opened
from .ods import password_needed, read_ods
from .plain import read_json, read_text
from .table import UnreadableError, check_size, holds_macros, no_table
from .xlsx import main_part, read_xlsx

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE2 = b"\xd0\xcf\x11\xe0"
JSON = re.compile(rb'(\xef\xbb\xbf)?\s*(\[\s*[\[{\]]|\{\s*")')
# Of Excel, of Excel 4, and of LibreOffice; it matters to no program how large their letters are.
MACROS = re.compile(r"vbaProject\.bin\Z|/macrosheets/|\A(Basic|Scripts)/", re.IGNORECASE)
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
    if content.startswith(ZIP):
        return read_archive(content)
    if content.startswith(OLE2):
        raise UnreadableError(
            _("This is an old or encrypted Excel file. Save it as XLSX without a password.")
        )
    if content.startswith(STRANGERS):
        raise no_table()
    if JSON.match(content):
        return read_json(content)
    return read_text(content)


def read_archive(content):
    archive = opened(content)
    if entry_name(archive, "encrypted-package"):
        raise password_needed()
    if any(MACROS.search(name.replace("\\", "/")) for name in archive.namelist()):
        raise holds_macros()
    if entry_name(archive, "content.xml"):
        return read_ods(archive)
    if entry_name(archive, "xl/workbook.bin"):
        raise UnreadableError(_("This is a binary Excel file (XLSB). Save it as XLSX."))
    if main := main_part(archive):
        return read_xlsx(archive, main)
    raise no_table()
