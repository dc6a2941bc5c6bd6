"""Dates as they are written on this side of the Atlantic, in the words of partial dates."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"  # in figures, day and month would be a riddle
SHORT_DATETIME_FORMAT = "j M Y, H:i"
