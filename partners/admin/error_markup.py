from typing import Self

from django.utils.safestring import SafeString


class ErrorMarkup(SafeString):
    """An error of a form that holds controls of its own, such as a choice between two values.

    The list of errors on top, which is no part of the form, says `summary` instead and leads to `anchor`.
    """

    summary: str
    anchor: str

    @classmethod
    def of(cls, markup: str, summary: str, anchor: str) -> Self:
        error = cls(markup)
        error.summary, error.anchor = summary, anchor
        return error
