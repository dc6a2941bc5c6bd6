"""When somebody who has to wait may try again, as people read it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format


class Moment(NamedTuple):
    """A time of the day, and the day where it is not today; both in the active language."""

    time: str
    date: str


def moment(until: datetime, time_format: str = "H:i") -> Moment:
    """What to say of `until`, rounded up to the minute where `time_format` has no seconds."""
    if "s" not in time_format:
        until += timedelta(seconds=-until.timestamp() % 60)
    local = timezone.localtime(until)
    is_today = local.date() == timezone.localdate()
    return Moment(
        date_format(local, time_format), "" if is_today else date_format(local, "SHORT_DATE_FORMAT")
    )
