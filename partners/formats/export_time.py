"""The time that an exported workbook carries: of the last change to the register that it shows.

It stands in a property of the document, which Excel and LibreOffice keep when they save it, also as the other
format. It is the time of the data and not of the clock, so that the same register makes the same file.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape  # nosec B406 # parses nothing

from django.utils import timezone

from .archive import Collector, opened, parsed
from .table import UnreadableError
from .writing import Sheet

PROPERTY = "register-as-of"
ZIP = b"PK\x03\x04"
PLACES = ("docprops/custom.xml", "meta.xml")  # of XLSX and ODS, in lower case
LARGEST_PART = 2**16  # bytes: the properties of a document are a few lines

OFFICE_OPEN = "http://schemas.openxmlformats.org/officeDocument/2006"
USER_DEFINED = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # the set of properties that users may define
NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)


def workbook_properties(exported_at: datetime) -> str:
    """The part ``docProps/custom.xml`` of a workbook that carries `exported_at`."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<Properties xmlns="{OFFICE_OPEN}/custom-properties" xmlns:vt="{OFFICE_OPEN}/docPropsVTypes">'
        f'<property fmtid="{USER_DEFINED}" pid="2" name="{PROPERTY}">'
        f"<vt:lpwstr>{escape(written(exported_at))}</vt:lpwstr></property></Properties>"
    )


def opendocument_properties(exported_at: datetime) -> str:
    """The part ``meta.xml`` of an OpenDocument file that carries `exported_at`."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta {NAMESPACES} office:version="1.3">'
        f'<office:meta><meta:user-defined meta:name="{PROPERTY}" meta:value-type="string">'
        f"{escape(written(exported_at))}</meta:user-defined></office:meta></office:document-meta>"
    )


def export_time(sheets: Iterable[Sheet]) -> datetime | None:
    """The time that a file with the `sheets` is to carry."""
    return next(filter(None, (sheet.exported_at() for sheet in sheets)), None)


def read_export_time(content: bytes) -> datetime | None:
    """The time that the file with the bytes `content` carries; None where it carries none that can be."""
    if not content.startswith(ZIP):
        return None
    try:
        archive = opened(content)
        for entry in archive.infolist():
            if entry.filename.lower() in PLACES and entry.file_size <= LARGEST_PART:
                for text in parsed(archive, entry.filename, Property()):
                    return understood(text)
    except UnreadableError:  # said where the table is read
        pass
    return None


def written(exported_at: datetime) -> str:
    return exported_at.astimezone(UTC).isoformat()


def understood(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return time if time.tzinfo and time <= timezone.now() else None


class Property(Collector):
    """The text of the property, however deep it stands in it."""

    def __init__(self) -> None:
        super().__init__()
        self.text: str | None = None

    def start_property(self, attributes: dict[str, str]) -> None:
        if attributes.get("name") == PROPERTY:
            self.text = ""

    def characters(self, content: str) -> None:
        if self.text is not None:
            self.text += content

    def end_property(self) -> None:
        if self.text is not None:
            self.found.append(self.text)
            self.text = None

    start_user_defined, end_user_defined = start_property, end_property
