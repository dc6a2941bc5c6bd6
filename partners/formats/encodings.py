"""The encoding of a text file: Unicode, or that of Windows in the Baltic states if nothing speaks against it.

Every 8-bit encoding can be read as every other; what gives another one away are signs and capitals inside
words. What it does not give away, the officer is shown.
"""

import re
import unicodedata
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .table import UnreadableError

BALTIC = "cp1257"
MOST_WORDS = 40  # that an officer looks through
MOST_COUNTED = 10_000  # which bounds the memory that a file of other words takes
LONGEST_WORD = 30
LETTER = r"[^\W\d_]"
# Letters of other encodings are read as these; inside a word, or as its beginning, they are none.
SIGNS_INSIDE = re.compile(rf"{LETTER}[¢£¤¦§©¬®°±²³µ¶·¹¼½¾×÷«»•†‡‰€‹›ˇ¸¨¯˛˙´™…„“”‘‚]{LETTER}")
SIGNS_IN_FRONT = re.compile(rf"(?<!\w)[¹²³¼½¾¶¦¬¨ˇ¸¯˛´˙¢¤]{LETTER}")
WORD = re.compile(rf"{LETTER}+")
TOKEN = re.compile(r"[^ \t\r\n,;|\"()/]+")
PUNCTUATION = "„“”’«»–—…"
LATVIAN = frozenset("āčēģīķļņšūž’")
# These are the same in the encodings of Windows for Central, Western and Baltic Europe.
SHARED = frozenset("äöüéóß")


def decoded(content: bytes) -> tuple[str, str, list[str]]:
    """The text of the file `content`, the name of its encoding, and the words that may have been misread.

    Raises UnreadableError where the letters cannot be told.
    """
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        return content.decode(encoding), encoding, []
    except UnicodeDecodeError as error:
        if is_utf16 or b"\0" in content or is_broken_utf8(content):
            raise unreadable_letters() from error
    try:
        text = content.decode(BALTIC)
    except UnicodeDecodeError as error:
        raise unreadable_letters() from error
    controls = any(unicodedata.category(char) == "Cc" and char not in "\t\r\n" for char in text)
    if controls or is_another_encoding(text):
        raise unreadable_letters()
    return text, BALTIC, words_to_check(text)


def unreadable_letters() -> UnreadableError:
    return UnreadableError(_("The letters of the file cannot be read. Save it as “CSV UTF-8” or XLSX."))


def note_on(words: list[str]) -> str:
    """What the officer is told about a file in BALTIC with these `words` to check."""
    if not words:
        return _("The file was read in the encoding Windows-1257 (Baltic): check that all letters are right.")
    sentence = _(
        "The file was read in the encoding Windows-1257 (Baltic): check that all letters of these words are "
        "right: %(words)s."
    )
    shown = ", ".join(word[:LONGEST_WORD] for word in words[:MOST_WORDS])
    return f"{sentence % {'words': shown}} {sentence_about_more(len(words))}".rstrip()


def sentence_about_more(count: int) -> str:
    """How many of `count` words to check are not shown; empty if all are."""
    more = count - MOST_WORDS
    if more <= 0:
        return ""
    if count >= MOST_COUNTED:
        sentence = _(
            "The file has at least %(count)d more such words. It is safer to save the table as “CSV UTF-8” "
            "or XLSX."
        )
    else:
        sentence = ngettext(
            "The file has %(count)d more such word. It is safer to save the table as “CSV UTF-8” or XLSX.",
            "The file has %(count)d more such words. It is safer to save the table as “CSV UTF-8” or XLSX.",
            more,
        )
    return sentence % {"count": more}


def is_broken_utf8(content: bytes) -> bool:
    """Whether a good part of the letters beyond ASCII are UTF-8 all the same: it was cut off, or mixed.

    In Windows-1257, few letters are followed by such a byte, as in “ĀBOLĀ”.
    """
    try:
        content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        pass
    else:
        return True  # halves of characters, each on its own
    text = content.decode("utf-8", "surrogateescape")
    wrong = sum("\udc80" <= char <= "\udcff" for char in text)
    right = sum(not char.isascii() for char in text) - wrong
    return right > wrong / 4


def is_another_encoding(text: str) -> bool:
    """Whether `text` cannot be what was written: signs or capitals in words, or hardly a plain letter."""
    if SIGNS_INSIDE.search(text) or SIGNS_IN_FRONT.search(text):
        return True
    words = strange = 0
    for match in WORD.finditer(text):
        word = match[0]
        if word.isascii():
            continue
        if has_capital_inside(word):
            return True
        if len(word) > 2:
            words += 1
            strange += not any(map(str.isascii, word))
    return strange > words / 2


def has_capital_inside(word: str) -> bool:
    """Whether a capital beyond ASCII follows a small letter, as in no name."""
    return any(
        before.islower() and after.isupper() and not after.isascii() for before, after in pairwise(word)
    )


def words_to_check(text: str) -> list[str]:
    """The words with letters that differ between encodings, foreign ones first: all, or MOST_COUNTED of them.

    Raises UnreadableError where there are too many foreign ones for an officer to look through.
    """
    foreign, latvian = {}, {}  # ordered sets
    # Quotation marks that are not closed may be letters as well.
    closed = text.count("”") <= text.count("„") + text.count("“")
    for match in TOKEN.finditer(text):
        word = match[0].strip(PUNCTUATION if closed else "–—…")
        if word.isascii():
            continue
        letters = {letter for letter in word.casefold() if not letter.isascii()}
        if letters - LATVIAN - SHARED:
            foreign[word] = None
            if len(foreign) > MOST_WORDS:
                raise unreadable_letters()
        elif len(latvian) < MOST_COUNTED:
            latvian[word] = None
    return [*foreign, *latvian][:MOST_COUNTED]
