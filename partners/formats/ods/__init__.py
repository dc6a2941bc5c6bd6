"""OpenDocument spreadsheets, as LibreOffice writes them."""

from .reading import password_needed, read_ods
from .writing import ODS

__all__ = ["ODS", "password_needed", "read_ods"]
