"""The files that spreadsheets come in and go out as.

Whatever the file, the rest of the program sees the same: headings and rows of text. A cell means what it
shows: a date that is shown as a month is a month. What cannot be read exactly is refused, with a sentence
that says what to do; nothing is guessed.
"""

from .days import Day
from .export_time import read_export_time
from .geojson import GeoJSON
from .ods import ODS
from .plain import CSV, JSON, SemicolonCSV
from .reading import read
from .table import Row, Table, UnreadableError
from .writing import ArchiveFormat, PageText, Sheet, TextFormat
from .xlsx import XLSX

EXPORT_FORMATS = (XLSX, CSV, SemicolonCSV, ODS, JSON)

__all__ = [
    "CSV",
    "EXPORT_FORMATS",
    "JSON",
    "ODS",
    "XLSX",
    "ArchiveFormat",
    "Day",
    "GeoJSON",
    "PageText",
    "Row",
    "SemicolonCSV",
    "Sheet",
    "Table",
    "TextFormat",
    "UnreadableError",
    "read",
    "read_export_time",
]
