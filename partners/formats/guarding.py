"""The apostrophe that keeps a text in CSV from being a formula, in whatever format it comes back.

A spreadsheet program that opens the CSV keeps it, and saves it in a format of its own.
"""

import re

FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# Most texts begin with none of these.
FIRST = frozenset("'=+-@\t\r")


def guarded(text: str) -> str:
    """`text` so that Excel does not take it for a formula."""
    is_formula = text[:1] in FIRST and FORMULA.match(text) and not NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def guarded_again(text: str) -> str:
    """`text` as it stands in a format where it cannot be a formula, so that `restored` takes nothing off."""
    return f"'{text}" if text.startswith("'") and FORMULA.match(text) else text


def restored(text: str) -> str:
    """What `guarded` or `guarded_again` made its argument of."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
