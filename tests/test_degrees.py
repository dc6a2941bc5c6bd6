"""Latitude and longitude are read alike on the form and in a spreadsheet, as people and programs write them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from partners.degrees import parse_degrees
from partners.models import City

from .factories import make_city
from .spreadsheets import preview, problems, sheet
from .test_admin import admin_url, form_data, posted


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("55.874736", "55.874736"),
        ("55,874736", "55.874736"),
        ("55.8747361", "55.874736"),
        ("55.874736000000006", "55.874736"),
        ("55°52′29″", "55.874722"),
        ("55°52′29″N", "55.874722"),
        ("55° 52' 29.5\" N", "55.874861"),
        ("N 55°52,5′", "55.875"),
        ("55°52′29″ Z", "55.874722"),
        ("55.874736° S", "-55.874736"),
        ("8.61 D", "-8.61"),
        ("\N{MINUS SIGN}8.61", "-8.61"),
        ("-8°36'36''", "-8.61"),
        ("55", "55"),
    ],
)
def test_latitude_is_read_as_people_and_programs_write_it(text, degrees):
    assert parse_degrees(text, "latitude") == Decimal(degrees)


@pytest.mark.parametrize(("text", "degrees"), [("26.5 A", "26.5"), ("26.5 R", "-26.5"), ("W 26.5", "-26.5")])
def test_longitude_has_directions_of_its_own(text, degrees):
    assert parse_degrees(text, "longitude") == Decimal(degrees)


@pytest.mark.parametrize(
    "text",
    [
        *("ziemeļi", "55.874736, 26.536179", "55°60′", "55.5°30′", "55°52.5′29″", "-55 S", "N 55 N", "55 E"),
        *("1e1", "55 52 29", "1.234.567", "", "°", "5512.3"),
    ],
)
def test_what_is_no_latitude_is_refused(text):
    with pytest.raises(ValidationError):
        parse_degrees(text, "latitude")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["55°52′29″ N", "55,8747222222"])
def test_form_and_import_understand_the_same(admin_client, text):
    city = make_city("tukums")
    posted(admin_client, admin_url(City, "change", city.pk), {"latitude": text, "longitude": "26"})
    city.refresh_from_db()
    assert city.latitude == Decimal("55.874722")
    unchanged = preview(admin_client, City, sheet(["slug", "latitude"], ["tukums", text]))
    assert unchanged.context["preview"].plan.counts == {"unchanged": 1}


@pytest.mark.django_db
def test_form_and_import_refuse_in_the_same_words(admin_client):
    city = make_city("tukums")
    values = {"latitude": "55.874736, 26.536179", "longitude": "ziemeļi"}
    url = admin_url(City, "change", city.pk)
    answer = admin_client.post(url, {**form_data(admin_client.get(url)), **values})
    form = answer.context["adminform"].form
    refused = preview(admin_client, City, sheet(["slug", *values], ["tukums", *values.values()]))
    said = {heading: sentence for _row, heading, _value, sentence in problems(refused)}
    assert said == {name: form.errors[name][0] for name in values}
    assert said["longitude"] == (
        "„ziemeļi” nav skaitlis. Rakstiet grādus, piemēram, 55,874736 vai −8,61, "
        "vai arī ar minūtēm un sekundēm: 55°52′29″."
    )
