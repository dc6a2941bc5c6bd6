"""Files of plain text: CSV with any of three separators, in the encodings Excel writes; and JSON."""

import csv
import io
import json
import re
from codecs import BOM_UTF8
from itertools import chain, count

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .encodings import BALTIC, decoded, note_on
from .guarding import guarded, guarded_again
from .table import UnreadableError, table
from .writing import TextFormat

SEPARATORS = ",;\t"


def read_text(content):
    """The table in the bytes of a CSV file."""
    content = content.removesuffix(b"\x1a")  # how DOS ended a file
    text, encoding, doubtful = decoded(content)
    if "\0" in text:
        raise UnreadableError(_("This is no text. Save the table as XLSX, ODS or “CSV UTF-8”."))
    if re.match(r"\s*<", text):
        raise UnreadableError(
            _("This is a web page or an XML file. Open it in Excel or LibreOffice and save it as XLSX.")
        )
    # Decoded once more while it is read: a text takes up to four times as much memory as its bytes.
    lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    hint = re.match(r"\ufeff?sep=([^\r\n]?)(\r\n?|\n|$)", text)
    if hint:
        lines.readline()  # which spreadsheet programs do not count either
    beginning = text[hint.end() if hint else 0 :][: 2**16]
    separator = hint[1] if hint and hint[1] not in ("", '"') else best_separator(beginning)
    notes = [note_on(doubtful)] if encoding == BALTIC else []
    return table(rows_of(lines, separator), notes, ragged=False)._replace(has_doubtful_words=bool(doubtful))


def rows_of(lines, separator):
    """The rows of `lines` with their numbers."""
    # Longer texts are refused with a sentence of ours; the module only has to let them through.
    csv.field_size_limit(max(csv.field_size_limit(), settings.IMPORT_MAX_BYTES))
    rows = csv.reader(lines, delimiter=separator, strict=True)
    for number in count(1):
        try:
            cells = next(rows, None)
        except csv.Error as error:
            raise UnreadableError(
                _("A quotation mark near row %(row)d is not closed or is out of place. Save it as XLSX.")
                % {"row": number}
            ) from error
        if cells is None:
            return
        yield number, cells


def best_separator(beginning):
    """The separator that makes the most cells of the first line that is not blank."""
    first = beginning.lstrip("\r\n \ufeff")

    def cells(separator):
        rows = csv.reader(io.StringIO(first, newline=""), delimiter=separator)
        try:
            return len(next(rows, []))
        except csv.Error:
            return 0

    return max(SEPARATORS, key=cells)


class CSV(TextFormat):
    """CSV as Excel reads it: UTF-8 with a byte order mark."""

    title = gettext_lazy("CSV (comma)")
    extension = "csv"
    content_type = "text/csv; charset=utf-8"
    separator = ","

    def pieces(self, sheet):
        line = csv.writer(Line(), delimiter=self.separator).writerow
        yield BOM_UTF8 + line(sheet.headings)
        for row in sheet.rows_and_remarks():
            yield line([guarded(cell) if isinstance(cell, str) else cell for cell in row])


class Line:
    """A file that gives back what is written: the writer of a row returns what its file does."""

    @staticmethod
    def write(text):
        return text.encode()


class SemicolonCSV(CSV):
    """CSV as Latvian Excel opens it by a double click."""

    title = gettext_lazy("CSV (semicolon, for Latvian Excel)")
    separator = ";"


class JSON(TextFormat):
    """A list of objects, one a line, by heading; a number is a number, nothing is null, all else is text."""

    title = "JSON"
    extension = "json"
    content_type = "application/json"

    def pieces(self, sheet):
        before = "["
        for row in sheet.rows_and_remarks():
            cells = (guarded_again(cell) if isinstance(cell, str) else cell for cell in row)
            record = dict(zip(sheet.headings, cells, strict=True))
            yield f"{before}\n{json.dumps(record, ensure_ascii=False)}".encode()
            before = ","
        yield b"[]\n" if before == "[" else b"\n]\n"


def read_json(content):
    """The table in a JSON file such as JSON writes."""
    problem = UnreadableError(_("This JSON file is no export of the register. Use XLSX or CSV instead."))
    try:
        records = json.loads(
            content.decode("utf-8-sig"), parse_float=str, parse_constant=refuse, object_pairs_hook=record
        )
    except (ValueError, RecursionError) as error:
        raise problem from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise problem
    if not records:
        raise UnreadableError(_("The file is empty."))
    headings = list(records[0])
    if any(list(record) != headings for record in records):
        raise problem
    values = chain.from_iterable(record.values() for record in records)
    if not {type(value) for value in values} <= {str, int, type(None)}:
        raise problem
    rows = (["" if value is None else str(value) for value in record.values()] for record in records)
    return table(enumerate(chain([headings], rows), start=1), [])


def refuse(constant):
    raise ValueError(constant)


def record(pairs):
    """The object with these members; a name that comes twice would lose a value."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError(pairs)
    return dict(pairs)
