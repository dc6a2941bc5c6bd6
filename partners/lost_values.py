"""Texts that are no values but what a program left in their place: errors, marks of nothing, lost letters."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What pandas, databases and programming languages write where there is no value; “Na” and “Nan” are names.
NOTHING = frozenset(
    {
        *("nan", "NaN", "NAN", "-nan", "-NaN", "NaT", "NA", "N/A", "n/a", "#NA", "<NA>", "<null>", "[null]"),
        *("NULL", "null", "(null)", "[NULL]", "None", "nil", "undefined", r"\N"),
        *("1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
    }
)
# Of Excel, in capital letters of any language, or where a column was too narrow; and of LibreOffice.
EXCEL_ERROR = re.compile(r"#[¡¿]?[\w./]+[!?]|#[^\W\d]/[^\W\d]|#N/A N/A|#NV|#GETTING_DATA|#{2,}")
CALC_ERROR = re.compile(r"(Err|Error|Kļūda|Fehler|Erreur|Ошибка|Klaida|Viga|Błąd) ?: ?[0-9]{3}")
# A question mark in front of a letter, with what stands before it.
QUESTION = re.compile(r"(?:^|(?P<before>.))\?+(?P<after>[^\W\d_])")
NO_WORD = re.compile(r"[/=@]|www\.")  # an address
WITH_QUESTION = re.compile(r"\w*\?[\w?]*")
MOST_WORDS = 100  # that are compared with what the register has


def validate_is_value(text: str) -> None:
    """Raise a ValidationError where a line of `text` is the error of a spreadsheet, or stands for nothing."""
    for line in text.split("\n"):
        if (EXCEL_ERROR.fullmatch(line) and line == line.upper()) or CALC_ERROR.fullmatch(line):
            raise ValidationError(
                _(
                    "“%(value)s” is the error of a spreadsheet program. Write a value instead, "
                    "or leave it empty."
                ),
                code="error",
                params={"value": line},
            )
        if line in NOTHING:
            raise ValidationError(
                _(
                    "Programs write “%(value)s” where a value is missing. Leave it empty if nothing is "
                    "known; if it is a name, write more of it."
                ),
                code="nothing",
                params={"value": line},
            )


def validate_no_replaced_letter(text: str, known: str = "") -> None:
    """Raise a ValidationError where `text` has a question mark in a word where a letter was.

    `known` is what the register has instead: there, a letter that was lost may also be the last one.
    """
    if "?" not in text:
        return
    words = [word for word in text.split() if "?" in word]
    replaced = next(filter(is_replaced, words), None) or replaced_word(text, known)
    if replaced:
        raise ValidationError(
            _(
                "A question mark stands where a letter was lost (“%(word)s”). Write the letter, "
                "or save the table as “CSV UTF-8” or XLSX anew."
            ),
            code="replaced",
            params={"word": replaced[:60]},
        )


def is_replaced(word: str) -> bool:
    """Whether `word` lost all its letters, as Cyrillic ones do in an encoding without them, or one inside."""
    if not any(map(str.isalnum, word)):
        return "??" in word
    return not NO_WORD.search(word) and has_question_inside(word)


def has_question_inside(word: str) -> bool:
    """Whether a question mark stands in `word` as in no sentence: in front of a letter of the same case."""
    for match in QUESTION.finditer(word):
        before, after = match["before"] or "", match["after"]
        if before.isalpha():
            if after.islower() or before.isupper():
                return True
        elif not before or before in "„“”\"'’(«-–/":
            return True
    return False


def replaced_word(text: str, known: str) -> str | None:
    """The word of `text` that is one of `known` but for letters beyond ASCII that became question marks."""
    if known.isascii():
        return None
    there = set(re.findall(r"[\w?]+", known))
    for word in list(dict.fromkeys(WITH_QUESTION.findall(text)))[:MOST_WORDS]:
        pattern = re.sub(r"(?:\\\?)+", one_or_two_marks, re.escape(word))
        if word not in there and any(re.fullmatch(pattern, other) for other in there):
            return word
    return None


def one_or_two_marks(marks: re.Match) -> str:
    """A pattern for what these question marks were: each a letter, or two of them one."""
    count = len(marks[0]) // 2
    return rf"[^\x00-\x7f?]{{{(count + 1) // 2},{count}}}"
