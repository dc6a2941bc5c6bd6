"""Files of plain text: CSV with any of three separators, in the encodings Excel writes; and JSON."""

import csv
import io
import json
import re
import unicodedata

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .table import Format, UnreadableError, limited, table

FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
SEPARATORS = ",;\t"
LOST = "\N{REPLACEMENT CHARACTER}"
# Of the letters of a Latvian text, one in seven or so is not ASCII. In a text of another alphabet that is
# read as Windows-1257, nearly every one is.
MOST_FOREIGN_LETTERS = 0.4


def read_text(content):
    """The table in the bytes of a CSV file."""
    text, notes = decoded(content)
    if "\0" in text:
        raise UnreadableError(_("This is no text. Save the table as XLSX, ODS or “CSV UTF-8”."))
    if LOST in text:
        sentence = _("Some letters were lost when the file was saved (“%(mark)s”). Save it anew.")
        raise UnreadableError(sentence % {"mark": LOST})
    if text.lstrip().startswith("<"):
        raise UnreadableError(_("This is a web page or an XML file. Open it in Excel and save it as XLSX."))
    hint = re.match(r"sep=(.)\r?\n?", text)
    separator = hint[1] if hint else best_separator(text)
    return table(lines_of(text, separator, skipped=1 if hint else 0), notes, ragged=False)


def lines_of(text, separator, skipped=0):
    # Longer texts are refused with a sentence of ours; the module only has to let them through.
    csv.field_size_limit(max(csv.field_size_limit(), settings.IMPORT_MAX_BYTES))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(rows, start=1):
            if number > skipped:
                yield number, [restored(cell) for cell in cells]
    except csv.Error as error:
        raise UnreadableError(
            _("A quotation mark near row %(row)d is not closed or is out of place. Save it as XLSX.")
            % {"row": number + 1 if rows.line_num else 1}
        ) from error


def best_separator(text):
    """The separator that makes the most cells of the first line that is not blank."""
    first = text.lstrip("\r\n \ufeff")[: 2**16]

    def cells(separator):
        rows = csv.reader(io.StringIO(first, newline=""), delimiter=separator)
        try:
            return len(next(rows, []))
        except csv.Error:
            return 0

    return max(SEPARATORS, key=cells)


def decoded(content):
    """The text of the file, Unicode if it is that or else what Latvian Windows writes; and notes on it."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig").removeprefix("\ufeff"), []
    except UnicodeDecodeError:
        pass
    try:
        text = "" if is_utf16 or b"\0" in content else content.decode("cp1257")
    except UnicodeDecodeError:
        text = ""
    letters = [letter for letter in text if letter.isalpha()]
    foreign = sum(not letter.isascii() for letter in letters)
    controls = any(unicodedata.category(char) == "Cc" and char not in "\t\r\n" for char in text)
    if not text or controls or (len(letters) >= 20 and foreign > MOST_FOREIGN_LETTERS * len(letters)):
        raise UnreadableError(_("The letters of the file cannot be read. Save it as “CSV UTF-8” or XLSX."))
    note = _("The file was read in the encoding of Latvian Windows (1257): check that all letters are right.")
    return text, [note]


def guarded(text):
    """`text` so that Excel does not take it for a formula."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def restored(text):
    """What `guarded` made its argument of."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


class CSV(Format):
    """CSV as Excel reads it: UTF-8 with a byte order mark."""

    title = gettext_lazy("CSV (comma)")
    extension = "csv"
    content_type = "text/csv; charset=utf-8"
    separator = ","

    def write(self, file, sheets):
        [sheet] = sheets
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text, delimiter=self.separator)
        writer.writerow(sheet.headings)
        for row in sheet.rows:
            # Most cells begin with none of the characters that a formula or a guarded text begins with.
            writer.writerow(
                [guarded(cell) if isinstance(cell, str) and cell[:1] in SUSPECT else cell for cell in row]
            )
        text.flush()
        text.detach()


SUSPECT = frozenset("'=+-@\t\r")


class SemicolonCSV(CSV):
    """CSV as Latvian Excel opens it by a double click."""

    title = gettext_lazy("CSV (semicolon, for Latvian Excel)")
    separator = ";"


class JSON(Format):
    """A list of objects, one a line, by heading; a number is a number, nothing is null, all else is text."""

    title = "JSON"
    extension = "json"
    content_type = "application/json"

    def write(self, file, sheets):
        [sheet] = sheets
        before = "["
        for row in sheet.rows:
            cells = dict(zip(sheet.headings, row, strict=True))
            file.write(f"{before}\n{json.dumps(cells, ensure_ascii=False)}".encode())
            before = ","
        file.write(b"[]\n" if before == "[" else b"\n]\n")


def read_json(content):
    """The table in a JSON file such as JSON writes."""
    problem = UnreadableError(_("This JSON file is no export of the register. Use XLSX or CSV instead."))
    try:
        records = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise problem from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise problem
    if not records:
        raise UnreadableError(_("The file is empty."))
    limited(
        len(records),
        "IMPORT_MAX_ROWS",
        _("The file has more than %(limit)s rows. Split it into several files."),
    )
    headings = list(records[0])
    lines = [(1, headings)]
    for number, record in enumerate(records, start=2):
        if list(record) != headings:
            raise problem
        if not all(value is None or type(value) in (str, int) for value in record.values()):
            raise problem
        lines.append((number, ["" if value is None else str(value) for value in record.values()]))
    return table(lines)
