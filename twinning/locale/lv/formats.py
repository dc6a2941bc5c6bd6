"""Dates in figures as Latvian offices write them; Django has them without the last full stop."""

SHORT_DATE_FORMAT = "d.m.Y."
SHORT_DATETIME_FORMAT = "d.m.Y. H:i"
