"""Which of the sheets of a file is read: the one that is shown, if no other holds data that would be lost."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from .table import UnreadableError


class FilledSheet(NamedTuple):
    """A sheet that holds any value."""

    name: str
    is_hidden: bool


def place_of_visible(sheets: Sequence[FilledSheet]) -> int:
    """Which of the `sheets` is the one to read; raises UnreadableError where that is not certain."""
    if not sheets:
        raise UnreadableError(_("The file is empty."))
    visible = [place for place, sheet in enumerate(sheets) if not sheet.is_hidden]
    if len(visible) == 1:
        return visible[0]
    if len(sheets) > 1:
        raise several_sheets(sheets)
    raise UnreadableError(
        _("The sheet “%(name)s” is hidden. Show it, or remove it from the file.") % {"name": sheets[0].name}
    )


def list_sources(formulas: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Where drop-down lists have their values from: their `formulas` and what the `names` in them mean."""
    together = " ".join(formulas)
    words = set(re.findall(r"[\w.\\]+", together.casefold()))
    if "indirect" in words:  # which name is meant depends on other cells
        return [together, *names.values()]
    return [together, *(cells for name, cells in names.items() if name.casefold() in words)]


def skip_hidden(sheets: Sequence[FilledSheet], sources: Iterable[str]) -> list[str]:
    """Notes on the hidden ones among `sheets`, which hold nothing but the values of drop-down lists.

    `sources` are the formulas that say where such lists have their values from. Raises UnreadableError where
    a hidden sheet is none of these.
    """
    together = " ".join(sources).replace("$", "").replace("'", "")
    hidden = [sheet.name for sheet in sheets if sheet.is_hidden]
    for name in hidden:
        bare = re.escape(name.replace("'", ""))
        if not re.search(rf"(?<!\w){bare}[.!]", together, re.IGNORECASE):
            raise several_sheets(sheets)
    sentence = _("The hidden sheet “%(name)s” with the values of drop-down lists was not read.")
    return [sentence % {"name": name} for name in hidden]


def several_sheets(sheets: Iterable[FilledSheet]) -> UnreadableError:
    mark = _("hidden")
    names = ", ".join(f"{name} ({mark})" if is_hidden else name for name, is_hidden in sheets)
    sentence = _("Several sheets of the file hold data: %(names)s. Copy the one to import into a new file.")
    return UnreadableError(sentence % {"names": names})
