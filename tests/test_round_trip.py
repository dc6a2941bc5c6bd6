"""Whatever the register holds goes out in any format and comes back the same."""

from datetime import date
from itertools import cycle

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from partners.models import Agreement, City, CooperationField
from partners.partial_dates import PartialDate
from partners.text import GENUINE, tidy, tidy_lines

from .factories import make_field
from .spreadsheets import (
    CSV,
    JSON,
    ODS,
    SEMICOLON_CSV,
    XLSX,
    confirm,
    export,
    preview,
    problems,
    totals,
    without_time,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

FORMATS = {"xlsx": XLSX, "csv": CSV, "semicolon": SEMICOLON_CSV, "ods": ODS, "json": JSON}
RECORDS = 22  # in each of ten examples: each value comes twice to each of its columns
FORMULAS = ["=1+1", "+371", "-", "-1", "@a", "'=1", "''", "\t=1", "007", "1e5", "TRUE", "2012-09", "_x0041_", "#N/A", ";", '"', "1,5"]  # fmt: skip


def is_kept(text):
    """No form takes a text that lost letters before, or that is none."""
    try:
        for validate in GENUINE:
            validate(text)
    except ValidationError:
        return False
    return True


ANY = st.characters(exclude_categories=["Cs"])
TEXT = st.one_of(
    st.text(ANY, max_size=40),
    st.builds(str.__add__, st.sampled_from(FORMULAS), st.text(ANY, max_size=5)),
    st.sampled_from(FORMULAS),
).filter(lambda text: is_kept(tidy(text)))
LINES = TEXT.map(lambda text: text.replace("|", "\n")).filter(lambda text: is_kept(tidy_lines(text)))
YEARS = {"min_value": date(1800, 1, 1), "max_value": date(2199, 12, 31)}  # others are refused as slips
DATE = (
    st.dates(**YEARS).map(str).flatmap(lambda day: st.sampled_from([day, day[:7], day[:4]])).map(PartialDate)
)


def several(strategy):
    return st.lists(strategy, min_size=11, max_size=11)


def stored(model, records):
    """Let the register hold `records`, as a form would have cleaned them."""
    for record in records:
        record.clean_fields(exclude=("city", "supplements"))
    model.objects.bulk_create(records)


def emptied():
    """Empty the register, without asking about each record."""
    for model in (Agreement.fields.through, Agreement, City, CooperationField):
        model.objects.all()._raw_delete("default")


def held():
    """All that the register holds, by key; NULL and no text are the same."""
    languages = [
        f"{field}_{language}" for field in ("name", "region", "description") for language in ("lv", "en")
    ]
    of_cities = (
        "slug",
        "country",
        "other_names",
        "website",
        "latitude",
        "longitude",
        "is_published",
        *languages,
    )
    texts = [
        f"{field}_{language}" for field in ("scope", "source", "status_reason") for language in ("lv", "en")
    ]
    plain = (
        "slug",
        "city__slug",
        "kind",
        "supplements__slug",
        "signed_on",
        "status",
        "ended_on",
        "valid_until",
    )
    plain += ("renews_automatically", "notice_months", "decision_number", "decided_on", "internal_note")
    return [
        [tuple("" if value is None else value for value in row) for row in rows]
        for rows in (
            City.objects.order_by("slug").values_list(*of_cities),
            Agreement.objects.order_by("slug").values_list(*plain, "is_published", *texts),
            Agreement.fields.through.objects.order_by(
                "agreement__slug", "cooperationfield__slug"
            ).values_list("agreement__slug", "cooperationfield__slug"),
        )
    ]


@pytest.mark.parametrize("file_format", FORMATS.values(), ids=FORMATS)
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # to shrink so many records takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    texts=several(TEXT),
    lines=several(LINES),
    dates=several(st.none() | DATE),
    degrees=several(st.decimals(-90, 90, places=6)),
    flags=several(st.booleans()),
)
def test_what_is_exported_comes_back_field_by_field_and_byte_by_byte(
    admin_client, file_format, texts, lines, dates, degrees, flags
):
    emptied()
    topics = [make_field(f"field-{number}", position=number) for number in range(3)]
    # Lists of lengths that have no divisor in common make every record another combination.
    texts, lines = cycle(texts), cycle(lines[:7])
    dates, degrees, flags = cycle(dates), cycle(degrees[:9]), cycle(flags[:5])
    cities = [
        City(
            slug=f"city-{number}",
            name_lv=f"P {next(texts)}",
            name_en=next(texts),
            country="LV",
            region_lv=next(texts),
            region_en=None,
            other_names=next(lines),
            website="https://example.org/?a=1&b=%20",
            description_lv=next(texts),
            description_en=next(texts),
            latitude=next(degrees),
            longitude=next(degrees),
            is_published=next(flags),
        )
        for number in range(RECORDS)
    ]
    stored(City, cities)
    agreements = [
        Agreement(
            slug=f"agreement-{number}",
            city=city,
            kind=kind,
            signed_on=next(dates),
            status="suspended",
            status_reason_lv=next(texts),
            renews_automatically=next(flags),
            notice_months=1 + number,
            decision_number=next(texts),
            decided_on=next(dates),
            scope_lv=next(lines),
            scope_en=next(lines),
            source_en=next(texts),
            internal_note=next(texts),
            is_published=next(flags),
        )
        for number, (city, kind) in enumerate(zip(cities, cycle(Agreement.Kind.values), strict=False))
    ]
    for agreement in agreements:  # nothing is published without its Latvian text
        agreement.is_published &= bool(tidy_lines(agreement.scope_lv))
    stored(Agreement, agreements)
    Agreement.fields.through.objects.bulk_create(
        Agreement.fields.through(agreement=agreement, cooperationfield=topic)
        for agreement, chosen in zip(agreements, cycle([topics, topics[1:], []]), strict=False)
        for topic in chosen
    )

    before = held()
    files = {model: export(admin_client, model, file_format) for model in (City, Agreement)}
    emptied()
    CooperationField.objects.bulk_create(topics)
    for model, content in files.items():
        previewed = preview(admin_client, model, content)
        assert problems(previewed) == []
        assert totals(previewed) == {"new": RECORDS}
        confirm(admin_client, model, previewed)
    assert held() == before
    # But for the time of the register, which was built anew.
    assert {model: without_time(export(admin_client, model, file_format)) for model in files} == {
        model: without_time(content) for model, content in files.items()
    }
