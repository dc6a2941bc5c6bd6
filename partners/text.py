"""Text as the register keeps it: tidy lines, keys to sort by, and words to search in.

Neither SQLite nor every PostgreSQL knows Latvian collation or ignores diacritics, so both are stored
beside the text they are derived from, and kept in step by every way of saving.
"""

import re
import unicodedata

from anyascii import anyascii
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _

from .lost_values import validate_is_value, validate_no_replaced_letter

# Control characters but for tab and line end, soft hyphens, zero-width characters, those that turn the
# direction of writing, and what is no character at all: they come along when a text is copied, and make two
# texts differ that look the same.
UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)

# Zero-width joiners and non-joiners belong to the spelling in Arabic, Persian and the scripts of India and
# its neighbours: between two letters, and behind the sign that takes a vowel away. In emoji they join
# pictures.
JOINING = (
    "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1aaf\u1b00-\u1bff\ua840-\ua87f\ua8e0-\ua8ff"
    "\ua980-\uaaff\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010a5f\U00011000-\U00011fff"
)
VOWELLESS = "".join(
    filter(
        lambda sign: unicodedata.combining(sign) == 9,
        map(chr, (*range(0x900, 0x1C00), *range(0xA800, 0xAC00), *range(0x11000, 0x12000))),
    )
)
PICTURES = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
JOINERS = re.compile(
    f"(?P<kept>(?<=[{JOINING}])[\u200c\u200d]+(?=[{JOINING}])|(?<=[{VOWELLESS}])[\u200c\u200d]+"
    f"|(?<=[{PICTURES}])\u200d+(?=[{PICTURES}]))|[\u200c\u200d]"
)

# What word processors put in front of the entries of a list, once or several times: signs that are nothing
# else, symbols of fonts of their own (Wingdings has its square where others have “§”, and its arrow at “Ø”),
# numbers and letters with a bracket or in front of a tab; signs that begin a word as well only where space
# follows.
SIGNS = "•●○◦▪▫■□‣⁃∙►▶▸➢➤❖◆♦✓✔" + "".join(map(chr, range(0xF000, 0xF100)))
BULLET = (
    rf"(?:[·→⇒➔➜{SIGNS}]|(?:[-‐‒–—―−*oü]|[§Ø](?!\s*\d)|\(?(?:\d{{1,2}}|[A-Za-z])\))(?=\s)"
    r"|(?:(?:\d{1,2}|[A-Za-z])\.){1,4}(?=\t))"
)
BULLETS = re.compile(rf"\A(?:\s*{BULLET})*\s*")
# Where the next entry begins on the same line: behind a semicolon, and in a line that is a list, as it begins
# with a bullet, behind space as well.
NEXT_ENTRY = re.compile(rf";\s*(?=[{SIGNS}])")
NEXT_ENTRY_OF_LIST = re.compile(rf";\s*(?={BULLET})|(?<=\s)(?=[{SIGNS}])")
NUMBER = re.compile(r"(\d{1,3})\.\s+")

WORDS = re.compile("[a-z0-9]+")
# Inside a word as anyascii writes it: an apostrophe of any kind, and the soft sign of Cyrillic.
APOSTROPHES = re.compile("(?<=[a-z0-9])['`]+(?=[a-z0-9])")

SHORT_WORD = 3  # letters; with fewer too much begins
# Folded endings of Latvian nouns and adjectives, and the English plural, behind at least five letters.
ENDINGS = re.compile("(?<=[a-z]{5})(ajiem|ajam|iem|as|am|ai|is|im|us|um|es|em|ei|os|a|e|i|u|s)$")

# CLDR, Latvian: these letters stand after the letter they are made from, all others with theirs.
LATVIAN_LETTERS = {letter: f"{anyascii(letter)}\x7f" for letter in "čģķļņŗšž"} | {"y": "i"}


# The bytes that letters stand for in the encodings of Western and Baltic Windows, their gaps included.
WINDOWS = [
    {bytes([byte]).decode(encoding, "ignore") or chr(byte): byte for byte in range(256)}
    for encoding in ("cp1252", "cp1257")
]
# What the first two bytes of a letter in UTF-8 look like in them.
MISREAD = re.compile(
    "|".join(
        "[{}][{}]".format(
            *(
                "".join(re.escape(letter) for letter, byte in letters.items() if low <= byte <= high)
                for low, high in ((0xC2, 0xF4), (0x80, 0xBF))
            )
        )
        for letters in WINDOWS
    )
)
EUROPEAN = re.compile("[\u00ab\u00bb\u00c0-\u017f\u0218-\u021b\u0400-\u04ff\u2010-\u2026]")

LONGEST_SORT_KEY = 1000  # bytes; PostgreSQL has no room for more in an index
LONGEST_SEARCH = 100  # characters
MOST_WORDS = 10  # in a search: each is looked for on its own
LONGEST_PROSE = 10_000  # characters: four printed pages, twice the longest text that is delivered


def fold(text):
    """`text` as ASCII words in lower case, without diacritics and punctuation: what a search compares.

    An apostrophe inside a word does not part it: "Xi'an" is "Xian".
    """
    return " ".join(WORDS.findall(APOSTROPHES.sub("", anyascii(text).casefold())))


def searchable(text):
    """The folded `text`, and behind it the words between apostrophes: "L'Aquila" is found by "Aquila" too."""
    whole, parted = fold(text), " ".join(WORDS.findall(anyascii(text).casefold()))
    return whole if whole == parted else f"{whole} {parted}"


def stem(word):
    """What the cases of a folded Latvian noun or adjective have in common, as far as an ending tells."""
    return ENDINGS.sub("", word)


def word_beginning(word: str) -> re.Pattern[str]:
    """The pattern of a word that begins with the folded `word`; a short one has to be that word."""
    return re.compile(rf"\b{word}" if len(word) >= SHORT_WORD else rf"\b{word}\b")


def sort_key(text, language):
    """Bytes that sort `text` by the rules of `language`; equal letters are told apart by the text itself."""
    text = unicodedata.normalize("NFC", text.strip()[:LONGEST_SORT_KEY]).casefold().strip()
    letters = LATVIAN_LETTERS if language == "lv" else {}
    primary = "".join(letters.get(letter) or anyascii(letter).casefold() for letter in text)
    return f"{primary}\0{text}".encode()[:LONGEST_SORT_KEY]


def tidy(text):
    """`text` in NFC, with plain line ends, without characters nobody sees and space at its ends."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = JOINERS.sub(lambda joiners: joiners[0][0] if joiners["kept"] else "", text)
    return unicodedata.normalize("NFC", text).strip()


def bare_entry(line: str) -> str:
    """`line`, an entry of a list, without the bullets round it and the semicolon behind it."""
    return BULLETS.sub("", line.strip()).rstrip(f"; \t\xa0·{SIGNS}")


def entries_of_line(line: str) -> list[str]:
    """The entries that stand on one `line`, each with its bullet."""
    begins_with_bullet = re.match(BULLET, line.lstrip())
    return (NEXT_ENTRY_OF_LIST if begins_with_bullet else NEXT_ENTRY).split(line)


def bare_entries(lines: list[str]) -> list[str]:
    """The entries of a list without bullets, blank lines, and their numbers where each has its own.

    One number alone stays: “2. pasaules karš” begins with it.
    """
    former: list[str] | None = None
    while lines != former:  # behind a number another bullet may stand
        former = lines
        lines = list(filter(None, (bare_entry(entry) for line in lines for entry in entries_of_line(line))))
        numbers = [NUMBER.match(entry) for entry in lines]
        if len(lines) > 1 and [match and int(match[1]) for match in numbers] == [*range(1, len(lines) + 1)]:
            lines = [entry[match.end() :] for entry, match in zip(lines, numbers, strict=True) if match]
    return lines


def tidy_lines(text):
    """`text` tidied line by line, without blank lines and the bullets of a word processor."""
    return "\n".join(bare_entries(tidy(text).split("\n")))


def has_text(field):
    """The condition that `field` holds more than space; it may be NULL, and a check passes on NULL."""
    return models.Q(**{f"{field}__isnull": False, f"{field}__regex": r"\S"})


class TidyFormField(forms.CharField):
    """Tidies what a browser sends before it is compared: CRLF for every line end is no change."""

    def __init__(self, *args, tidied, **kwargs):
        self.tidied = tidied
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return value and self.tidied(value)


def validate_few_words(text):
    if len(set(fold(text).split())) > MOST_WORDS:
        raise ValidationError(
            _("Search for at most %(limit_value)d words."), code="words", params={"limit_value": MOST_WORDS}
        )


class SearchField(forms.CharField):
    """What is searched for: no more than people mean, and a database looks for in no time."""

    default_validators = (validate_few_words,)

    def __init__(self, **kwargs):
        sentence = _("Search for at most %(limit_value)d characters.")
        super().__init__(
            required=False, max_length=LONGEST_SEARCH, error_messages={"max_length": sentence}, **kwargs
        )


def is_garbled(text):
    """Whether `text` is UTF-8 that somebody read in an encoding of Windows: “Ä€bols” for “Ābols”."""
    if not MISREAD.search(text):
        return False
    for letters in WINDOWS:
        try:
            meant = bytes(letters[letter] for letter in text).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            continue
        return all(letter.isascii() or EUROPEAN.match(letter) for letter in meant)
    return False


def validate_no_lost_letter(text):
    lost = "\N{REPLACEMENT CHARACTER}"
    if lost in text or is_garbled(text):
        raise ValidationError(
            _("Some letters were lost where this text was saved before (“%(mark)s”). Write it anew."),
            code="lost",
            params={"mark": lost if lost in text else text[:60]},
        )


# A text is what somebody wrote, and not what a program made of it.
GENUINE = (validate_no_lost_letter, validate_is_value, validate_no_replaced_letter)


class LineField(models.CharField):
    """A line of text, such as a name, with no surplus space."""

    default_validators = GENUINE

    def to_python(self, value):
        value = super().to_python(value)
        return value and " ".join(tidy(value).split())


class ProseField(models.TextField):
    """Running text."""

    default_validators: tuple = (
        *GENUINE,
        MaxLengthValidator(
            LONGEST_PROSE,
            _("The text is too long: %(show_value)d characters of at most %(limit_value)d. Shorten it."),
        ),
    )
    tidied = staticmethod(tidy)

    def to_python(self, value):
        value = super().to_python(value)
        return value and self.tidied(value)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": TidyFormField, "tidied": self.tidied, **kwargs})


def validate_no_bar(text):
    if "|" in text:
        raise ValidationError(
            _("Do not use the character “|” here: in spreadsheets it separates one entry from the next."),
            code="bar",
        )


class LinesField(ProseField):
    """A list as an officer types it, one entry per line, no blank lines."""

    default_validators = (*GENUINE, validate_no_bar)
    tidied = staticmethod(tidy_lines)


class DerivedField(models.Field):
    """A value computed from other fields at every save, fixtures and bulk_create included.

    `sources` are field names. As with auto_now, bulk_update(), update() and save(update_fields=…) have to
    name it too.
    """

    def __init__(self, *args, sources=(), **kwargs):
        self.sources = tuple(sources)
        super().__init__(*args, **{**kwargs, "editable": False})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, {**kwargs, "sources": self.sources}

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        # loaddata saves "raw", without Field.pre_save; the signal is sent all the same.
        pre_save.connect(self._before_save, sender=cls)

    def _before_save(self, instance, **kwargs):
        self.pre_save(instance, add=False)

    def pre_save(self, instance, add):
        value = self.derive([getattr(instance, source) or "" for source in self.sources])
        setattr(instance, self.attname, value)
        return value

    def derive(self, texts):
        raise NotImplementedError


class SortKeyField(DerivedField, models.BinaryField):
    """The sort key, in `language`, of the first source that has a text."""

    def __init__(self, *args, language=None, **kwargs):
        self.language = language
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "language": self.language}

    def derive(self, texts):
        return sort_key(next(filter(None, texts), ""), self.language)


class SearchTextField(DerivedField, models.TextField):
    """All sources folded, one a line, so that no match runs from one into the next."""

    def derive(self, texts):
        return "\n".join(searchable(line) for text in texts for line in text.split("\n"))
