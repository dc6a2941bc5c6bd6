"""What every format is read into, and how much of it there may be."""

import re
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ..text import MISREAD, is_garbled, tidy
from .guarding import restored
from .writing import is_remark, remark_beginnings

MIDNIGHT = time()
WHOLE = re.compile(r"-?\d+", re.ASCII)


class UnreadableError(ValueError):
    """Says to the officer why a file cannot be read and what to do instead."""


def no_table():
    return UnreadableError(_("This file is no table. Choose an XLSX, ODS or CSV file."))


def holds_macros():
    return UnreadableError(_("This workbook holds macros. Save it as XLSX, which leaves them out."))


def merged_cells(cells):
    sentence = _(
        "The cells %(cells)s are merged. Split them, or delete the row if it is a title above the headings."
    )
    return UnreadableError(sentence % {"cells": cells})


def number_not_shown():
    """The sentence about a cell whose number is rounded, scaled or dressed up by its format."""
    return _("The cell %(cell)s does not show its number as it is. Show all its digits, or write it as text.")


def never_calculated():
    """The sentence about a cell that holds what a program writes that cannot calculate."""
    return _(
        "The cell %(cell)s holds a formula that was never calculated. Open the file in Excel or LibreOffice "
        "and save it, or write a value instead."
    )


class Row(NamedTuple):
    number: int  # as the spreadsheet program counts, the headings included
    cells: list


class Table(NamedTuple):
    """A spreadsheet that was read. `rows` come one by one and may end in an UnreadableError.

    Blank rows are left out; every other has as many cells, all text, as there are headings, which stand in
    the row with the number `heading_row`. `notes` are sentences about the reading for the officer, which
    name words whose letters may have been misread if it `has_doubtful_words`.
    """

    headings: list
    heading_row: int
    rows: Iterator
    notes: list
    has_doubtful_words: bool = False


def column_letters(place):
    """What spreadsheet programs call the column at `place`, counted from 0: A, B … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def is_whole_day(moment):
    """Whether `moment` is certain to be the day that people see: with a time zone, only midnight is."""
    return moment.tzinfo is None or moment.time() == MIDNIGHT


def shown_date(value, parts):
    """The ISO text of a date cell that shows the `parts` year, month, day, hours; None without a year."""
    if "year" not in parts or ("quarter" in parts and "month" not in parts):
        return None
    iso = value.isoformat(" ", "seconds")[:19]
    if "hours" in parts and not iso.endswith(" 00:00:00"):
        return iso
    return iso[:10] if "day" in parts else iso[:7] if "month" in parts else iso[:4]


def shown_number(text):
    """The number `text` as spreadsheets show it: 15 digits, without the noise that binary numbers have.

    Raises ValueError where it is none. A whole number is left as it is, however long.
    """
    number = Decimal(text) if WHOLE.fullmatch(text) else Decimal(f"{float(text):.15g}")
    if not number.is_finite():
        raise ValueError(text)
    whole = number.to_integral_value()
    return f"{whole if number == whole else number.normalize():f}"


def limited(number, name, sentence):
    """Refuse a file with `sentence` if `number` is beyond the limit in the setting `name`."""
    limit = getattr(settings, name)
    if number > limit:
        is_size = name.endswith("_BYTES")
        shown = filesizeformat(limit) if is_size else number_format(limit, force_grouping=True)
        raise UnreadableError(sentence % {"limit": shown})


def check_size(size):
    limited(
        size,
        "IMPORT_MAX_BYTES",
        _("The file is larger than %(limit)s. Split it into several files."),
    )


def is_blank(cells):
    return not any(cells) or not any(map(tidy, cells))


def table(lines, notes, ragged=True):
    """The Table that `lines`, pairs of a row's number and its cells, make up.

    The list `notes` may grow while the rows are read.

    In a file that is not `ragged` every row has to have as many cells as there are headings.
    """
    lines = iter(lines)
    number, headings = next(((number, cells) for number, cells in lines if not is_blank(cells)), (0, None))
    if headings is None:
        raise UnreadableError(_("The file is empty."))
    headings = [" ".join(tidy(heading).split()) for heading in headings]
    while not headings[-1]:
        headings.pop()
    check_width(len(headings))
    kept = [place for place, heading in enumerate(headings) if heading]
    rows = fitted(lines, headings, ragged)
    if len(kept) < len(headings):
        rows = (Row(row.number, [row.cells[place] for place in kept]) for row in rows)
    return Table([headings[place] for place in kept], number, rows, notes)


def check_width(columns):
    sentence = _("The file has more than %(limit)s columns. Remove those that are not needed.")
    limited(columns, "IMPORT_MAX_COLUMNS", sentence)


def fitted(lines, headings, ragged):
    """The rows of `lines` that are not blank, each with a cell for every heading."""
    width, count, letters = len(headings), 0, 0
    unnamed = [place for place, heading in enumerate(headings) if not heading]
    longest = settings.IMPORT_MAX_CELL_LENGTH
    # Looked up once: in each row that would take more time than all else.
    too_many = _("The file has more than %(limit)s rows. Split it into several files.")
    too_much = _("The file holds more than %(limit)s characters of text. Split it into several files.")
    beginnings = remark_beginnings()
    for number, cells in lines:
        if is_blank(cells) or is_remark(cells, beginnings):
            continue
        count += 1
        limited(count, "IMPORT_MAX_ROWS", too_many)
        if not ragged and (len(cells) < width or not is_blank(cells[width:])):
            raise UnreadableError(
                _(
                    "Row %(row)d has %(cells)d cells, but there are %(columns)d columns. "
                    "Check separators and quotation marks."
                )
                % {"row": number, "cells": len(cells), "columns": width}
            )
        for place in (*unnamed, *range(width, len(cells))):
            if place < len(cells) and tidy(cells[place]):
                raise UnreadableError(
                    _("Row %(row)d has a value in the column %(column)s, which has no heading. Give it one.")
                    % {"row": number, "column": column_letters(place)}
                )
        if len(cells) != width:
            cells = [*cells, *[""] * width][:width]
        together = "\n".join(cells)
        if "'" in together:
            cells = list(map(restored, cells))
        letters += len(together)
        limited(letters, "IMPORT_MAX_UNPACKED_BYTES", too_much)
        for place, cell in enumerate(cells if MISREAD.search(together) else ()):
            if is_garbled(cell):
                sentence = _(
                    "Row %(row)d, column “%(column)s”: the letters of “%(text)s” were decoded wrongly. "
                    "Save the table as “CSV UTF-8” or XLSX anew."
                )
                shown = tidy(cell[:60])
                raise UnreadableError(sentence % {"row": number, "column": headings[place], "text": shown})
        if max(map(len, cells)) > longest:
            place = next(place for place, cell in enumerate(cells) if len(cell) > longest)
            sentence = _(
                "Row %(row)d, column “%(column)s”: the text is longer than %(limit)s characters. Shorten it."
            )
            limit = number_format(longest, force_grouping=True)
            raise UnreadableError(sentence % {"row": number, "column": headings[place], "limit": limit})
        yield Row(number, cells)
