"""Anniversaries and ends of terms as an iCalendar (RFC 5545) to subscribe to, in the active language.

A date known to the month is an event of the whole month, and one known to the year of the whole year: no
day is made up. Nothing in the calendar makes anybody look busy.
"""

from datetime import UTC, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from .anniversaries import anniversary
from .renewal import renewal
from .resources import CHUNK

LONGEST_LINE = 75  # bytes


def pieces(agreements, request, today):
    """The bytes of the calendar of the published `agreements`, this year and the next, line by line."""
    return map(folded, calendar(agreements, request, today))


def calendar(agreements, request, today):
    yield from (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Twinning//Register of partnerships//{get_language().upper()}",
        f"NAME:{text(_('Anniversaries and terms of agreements'))}",
        f"X-WR-CALNAME:{text(_('Anniversaries and terms of agreements'))}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
    )
    site = request.build_absolute_uri("/").removesuffix("/")
    agreements = agreements.select_related("city").order_by("slug")
    for year in (today.year, today.year + 1):
        for agreement in agreements.with_anniversary_in(year).iterator(CHUNK):
            found = anniversary(agreement, year)
            title = ngettext("%(count)d year: %(agreement)s", "%(count)d years: %(agreement)s", found.years)
            title %= {"count": found.years, "agreement": agreement.title_with_status}
            yield from event(site, agreement, f"{found.years}-years", found.on, title)
    this_year = f"{today.year:04}"
    coming = Q(valid_until__gte=this_year) | Q(renews_automatically=True)
    for agreement in agreements.with_term().filter(coming).iterator(CHUNK):
        title = _("End of the term: %(agreement)s") % {"agreement": agreement.title_with_status}
        renews = _("It renews automatically unless notice is given.")
        note = renews if agreement.renews_automatically else ""
        if agreement.valid_until >= this_year:
            yield from event(site, agreement, "term", agreement.valid_until, title, note)
        found = renewal(agreement, today, settings.NOTICE_AHEAD_MONTHS)
        if found.renewed_on:
            yield from event(site, agreement, f"term-{found.renews_on}", found.renews_on, title, note)
    yield "END:VCALENDAR"


def event(site, agreement, what, on, title, note=""):
    """The lines of an event on the partial date `on`; `site` is what addresses begin with."""
    if not on.day:
        title = f"{title} ({on.localized})"
    yield from (
        "BEGIN:VEVENT",
        f"UID:{agreement.slug}-{what}@{site.partition('://')[2]}",
        f"DTSTAMP:{agreement.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{compact(on.first_day())}",
        f"DTEND;VALUE=DATE:{compact(on.last_day() + timedelta(days=1))}",
        f"SUMMARY:{text(title)}",
        *([f"DESCRIPTION:{text(note)}"] if note else []),
        f"URL:{site}{agreement.get_absolute_url()}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def compact(day):
    return day.isoformat().replace("-", "")


def text(value):
    for special in "\\;,":
        value = value.replace(special, f"\\{special}")
    return value.replace("\n", r"\n")


def folded(line):
    """The bytes of a `line`, broken where it is too long, but never within a letter."""
    if len(line.encode()) <= LONGEST_LINE:
        return f"{line}\r\n".encode()
    parts, size = [b""], 0
    for letter in line:
        letter = letter.encode()
        if size + len(letter) > LONGEST_LINE:
            parts.append(b" ")
            size = 1
        parts[-1] += letter
        size += len(letter)
    return b"\r\n".join(parts) + b"\r\n"
