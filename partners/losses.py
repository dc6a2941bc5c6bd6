"""What a change takes away: values, entries of a list, parts of a text."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Loss(NamedTuple):
    """What one change of a field takes away; false where it is nothing.

    `entries` are those that a list has no longer; `characters` is by how many a text is shorter.
    """

    is_emptied: bool = False
    entries: tuple[str, ...] = ()
    characters: int = 0

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def count(self) -> int:
        """How many values, entries of a list that keeps others, and texts are affected."""
        return 1 if self.is_emptied or self.characters else len(self.entries)


def list_loss(old: Sequence[str], new: Sequence[str]) -> Loss:
    """What a list loses that held the entries `old` and now holds `new`."""
    kept = Counter(new)
    lost = []
    for entry in old:
        if kept[entry]:
            kept[entry] -= 1
        else:
            lost.append(entry)
    return Loss(is_emptied=bool(old) and not new, entries=tuple(lost))


def text_loss(old: str, new: str, is_prose: bool = False) -> Loss:
    """What a text, or a date that is known less precisely, loses.

    Of prose every text that is shorter counts; a line, which may be written anew, has to be cut at an end.
    """
    if old and not new:
        return Loss(is_emptied=True)
    is_shorter = len(new) < len(old) and (is_prose or old.startswith(new) or old.endswith(new))
    return Loss(characters=len(old) - len(new) if is_shorter else 0)
