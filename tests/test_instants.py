"""When something happened, as it stands in the admin."""

from datetime import datetime

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

INSTANT = datetime(2026, 3, 5, 15, 8)  # noqa: DTZ001 as the clock of the office shows it


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("lv", ["2026. gada 5. marts, 15:08", "05.03.2026. 15:08", "2026. gada 5. marts", "05.03.2026."]),
        ("en", ["5 March 2026, 15:08", "5 Mar 2026, 15:08", "5 March 2026", "5 Mar 2026"]),
    ],
)
def test_instant_is_written_as_offices_write_it(language, written):
    with override(language):
        assert [
            date_format(INSTANT, name)
            for name in ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT", "DATE_FORMAT", "SHORT_DATE_FORMAT")
        ] == written
