"""What only the officer knows: whether a row is about a record that looks the same, or about another one."""

import re
from collections.abc import Mapping
from typing import NamedTuple

ANOTHER = "-"  # the answer that the row is about a record that the register does not have; no key is so short
THE_SAME = "+"  # that it is about the one candidate there is
ALL_ROWS = 0  # whose answer holds for every row without one of its own
MOST_ASKED = 40  # rows one by one: their answers stand in an address
ANSWER = re.compile(r"row-([0-9]{1,7})", re.ASCII)


class Candidate(NamedTuple):
    """A record of the register that a row may be about."""

    slug: str
    name: str

    def __str__(self) -> str:
        return f"{self.slug} ({self.name})"


class Question(NamedTuple):
    """Which of the `candidates` the row is about, if it is one of them; `about` is what the row says."""

    row: int
    about: str
    candidates: tuple[Candidate, ...]

    @property
    def field(self) -> str:
        """The name of the answer in a form."""
        return f"row-{self.row}"


def answers_in(data: Mapping[str, str]) -> dict[int, str]:
    """The answers, by row, in the `data` of a form or an address: the key of a record, or ANOTHER."""
    found = {match[1]: data[name] for name in data if (match := ANSWER.fullmatch(name))}
    return {int(row): answer for row, answer in found.items() if answer}


def as_fields(answers: Mapping[int, str]) -> dict[str, str]:
    """The answers as fields of a form or an address."""
    return {f"row-{row}": answer for row, answer in answers.items()}
