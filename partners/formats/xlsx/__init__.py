"""Excel workbooks."""

from .reading import main_part, read_xlsx
from .writing import XLSX

__all__ = ["XLSX", "main_part", "read_xlsx"]
