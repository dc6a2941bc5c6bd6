"""Excel workbooks."""

from .book import main_part
from .reading import read_xlsx
from .writing import XLSX

__all__ = ["XLSX", "main_part", "read_xlsx"]
