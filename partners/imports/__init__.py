"""A spreadsheet's way into the register: planned with reads only, applied at a stroke, undone whole."""

from .applying import AppliedAlreadyError, StaleError, apply
from .lock import BusyError
from .plan import Plan
from .undoing import EditedSinceError, UndoneAlreadyError, undo

__all__ = [
    "AppliedAlreadyError",
    "BusyError",
    "EditedSinceError",
    "Plan",
    "StaleError",
    "UndoneAlreadyError",
    "apply",
    "undo",
]
