"""What the number format of a cell in Excel shows: which parts of a date, how many digits."""

import re
from functools import lru_cache

from openpyxl.styles.numbers import BUILTIN_FORMATS

UNCERTAIN_DATE = "d"
# The number of a calendar, in front of the four digits of a language or behind a comma.
CALENDAR = re.compile(
    r"\[\$[^\]]*?(?:-[0-9A-F]*?([0-9A-F]{1,2})[0-9A-F]{4}|,[0-9A-F]*?([0-9A-F]{1,2}))\]", re.IGNORECASE
)
HIJRI = re.compile(r"(?:\[[^\]]*\])*B2", re.IGNORECASE)


def built_in_format(number):
    # These stand for dates whose form depends on the language of Excel; they do not say how.
    depends = 27 <= number <= 36 or 50 <= number <= 58
    return UNCERTAIN_DATE if depends else BUILTIN_FORMATS.get(number, "General")


@lru_cache(maxsize=1000)
def has_form_of_its_own(number_format):
    """Whether a number shows more or less than its digits: text, a scale, a form for its size, or nothing."""
    if re.search(r"\[[<>=]", number_format):
        return True
    first = re.sub(r"\[[^\]]*\]|_.|\*.", "", number_format).partition(";")[0]
    literals = re.findall(r'"[^"]*"|\\.', first)
    digits = re.sub(r'"[^"]*"|\\.', "", first)
    return not digits or bool(re.search(r"[0-9+-]", "".join(literals)) or re.search(r"\+|,$|,\.", digits))


@lru_cache(maxsize=1000)
def decimals(number_format):
    """How many digits behind the point are shown at least, whether the number is positive or negative."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", number_format)
    sections = [section for section in bare.split(";")[:2] if re.search("[0#?]", section)]
    return min((len(re.findall("[0#?]", section.partition(".")[2])) for section in sections), default=15)


def counts_otherwise(number_format):
    """Whether the years of a date are those of another calendar than ours."""
    calendars = {int(code or alone, 16) for code, alone in CALENDAR.findall(number_format)}
    return bool(calendars - {0, 1}) or bool(HIJRI.match(number_format))


@lru_cache(maxsize=1000)
def shown_parts(number_format):
    """Which of year, month, day, hours, seconds and percent a cell shows that has this number format."""
    # Without colours, languages and literal text, which hold any letters; but [h] counts hours.
    pattern = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]{2,}\]', "", number_format).partition(";")[0].casefold()
    if pattern in ("general", "standard"):
        return set()
    has_time = bool(set("hs") & set(pattern)) or bool(re.search(r"\[m+\]", pattern))
    found = {"year": "y" in pattern, "day": "d" in pattern}
    found |= {"hours": "h" in pattern, "seconds": has_time, "percent": "%" in pattern}
    found["month"] = "m" in pattern and (found["year"] or found["day"] or not has_time)
    parts = {part for part, is_shown in found.items() if is_shown}
    # One that depends on the size of the number is not certain to show the year.
    is_certain = not re.search(r"\[[<>=]", number_format) and not counts_otherwise(number_format)
    return parts if is_certain else parts - {"year"}
