"""What every format is written from."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from import_export.formats import base_formats

# Translators: stands before a sentence below a report, such as "23 agreements are left out because …".
REMARK = gettext_noop("About this report:")


def is_remark(cells, beginnings):
    """Whether the row holds nothing but a remark that a report of ours has below its table."""
    return cells[0].startswith(beginnings) and not any(cells[1:])


def remark_beginnings():
    """What remarks begin with, in either language."""
    beginnings = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            beginnings.append(_(REMARK))
    return tuple(beginnings)


class PageText(NamedTuple):
    """What stands at the head and the foot of each printed page."""

    title: str = ""
    municipality: str = ""
    day: str = ""
    numbering: str = "{page} / {pages}"


class Sheet(NamedTuple):
    """A spreadsheet to be written. Cells are text, whole numbers, partial dates, days or None.

    `exported_at` gives the time that a workbook carries, so that an import sees what was changed since; it is
    asked before the rows are read, and only by formats that carry it; likewise `page`.
    `remarks` are sentences about the table, below it. The last row may hold totals. The headings from
    the place `upright_from` on are turned by a quarter, over narrow columns.
    """

    title: str
    headings: Sequence
    rows: Iterable
    exported_at: Callable[[], datetime | None] = lambda: None
    remarks: Sequence = ()
    page: Callable[[], PageText] = PageText
    has_total: bool = False
    upright_from: int | None = None

    def page_text(self):
        """What `page` gives; without a title of its own, a page has that of the sheet."""
        text = self.page()
        return text if text.title else text._replace(title=self.title)

    def remark_texts(self):
        """The remarks as an import recognises them, to leave them out."""
        return [f"{_(REMARK)} {remark}" for remark in self.remarks]

    def rows_and_remarks(self):
        """The rows, and one for each remark."""
        yield from self.rows
        for text in self.remark_texts():
            yield [text, *[""] * (len(self.headings) - 1)]

    def body(self):
        """The rows, each with whether it holds the totals."""
        rows = iter(self.rows)
        row = next(rows, None)
        while row is not None:
            following = next(rows, None)
            yield row, self.has_total and following is None
            row = following


class Format(base_formats.Format):
    """A format that sheets can be written in."""

    several_sheets = False
    title = extension = content_type = ""

    def write(self, file, sheets):
        """Write `sheets` to the open binary `file`, row by row; one of them unless ``several_sheets``.

        Raises ValueError, with a sentence for the officer, where a text does not fit into the format.
        """
        raise NotImplementedError

    def get_title(self):
        return self.title

    def get_extension(self):
        return self.extension

    def get_content_type(self):
        return self.content_type

    def can_export(self):
        return True


class TextFormat(Format):
    """A format of text: its beginning can be sent before its end is known."""

    def pieces(self, sheet):
        """The bytes of `sheet`, row by row."""
        raise NotImplementedError

    def write(self, file, sheets):
        [sheet] = sheets
        file.writelines(self.pieces(sheet))


class ArchiveFormat(Format):
    """A zip archive of XML, written part by part."""

    several_sheets = True

    def parts(self, sheets):
        """The parts of the archive: pairs of a name and its content, an iterable of bytes."""
        raise NotImplementedError

    def write(self, file, sheets):
        for _written in self._added(ZipFile(file, "w", ZIP_DEFLATED), sheets):
            pass

    def pieces(self, sheet):
        """The bytes of the archive, of which the first can be sent before the last are known."""
        page = sheet.page()  # asked now: while the file is sent, the language may be another
        return self._pieces(sheet._replace(page=lambda: page))

    def _pieces(self, sheet):
        sink = Sink()
        for _written in self._added(ZipFile(sink, "w", ZIP_DEFLATED), [sheet]):
            if sink.size:
                yield sink.take()
        yield sink.take()

    def _added(self, archive, sheets):
        with archive:
            for name, content in self.parts(list(sheets)):
                # Named by a text, a part has no time: the same content makes the same file.
                with archive.open(self.entry(name), "w") as part:
                    for piece in content:
                        part.write(piece)
                        yield

    def entry(self, name):
        """What the archive opens for the part `name`."""
        return name


class Sink:
    """A file that keeps what is written until it is taken; it cannot be read or searched."""

    def __init__(self):
        self.held = []
        self.size = 0

    def write(self, content):
        self.held.append(bytes(content))
        self.size += len(content)
        return len(content)

    def flush(self):
        pass

    def take(self):
        content = b"".join(self.held)
        self.held.clear()
        self.size = 0
        return content
