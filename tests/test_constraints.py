"""Check constraints evaluated in Python say what the database says."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import CheckConstraint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.constraints import violations
from partners.contents import CONTAINER
from partners.models import Agreement, City, CooperationField, Document, Page
from partners.partial_dates import PartialDate

from .factories import make_city

TEXTS = st.sampled_from([None, "", "Tukums", "divas\nrindas"])  # the fields tidy them before anybody looks
KEYS = st.sampled_from(["", "tukums", "-tukums", "tu--kums", "Tukums", "ā", "tukums-2", "tukums\n"])
DATES = st.sampled_from([None, *map(PartialDate, ["2012", "2012-09", "2012-09-17", "2012-10", "2011-12-31"])])
DEGREES = st.sampled_from([None, *map(Decimal, ["0", "-90", "90.000001", "180", "-180.5"])])

RECORDS = {
    City: st.fixed_dictionaries(
        {
            "slug": KEYS,
            "name_lv": TEXTS,
            "name_en": TEXTS,
            "country": st.sampled_from(["", "LV"]),
            "website": st.sampled_from(["", "https://a.lv", "HTTP://a.lv", "javascript:x", "a.lv"]),
            "latitude": DEGREES,
            "longitude": DEGREES,
            "is_published": st.booleans(),
        }
    ),
    Agreement: st.fixed_dictionaries(
        {
            "slug": KEYS,
            "kind": st.sampled_from(["", "cooperation", "treaty"]),
            "signed_on": DATES,
            "status": st.sampled_from(["", "not-stated", "in-force", "ended", "suspended"]),
            "ended_on": DATES,
            "status_reason_lv": TEXTS,
            "status_reason_en": TEXTS,
            "valid_until": DATES,
            "notice_months": st.sampled_from([None, 0, 1, 12]),
        }
    ),
    Document: st.fixed_dictionaries(
        {
            "file": st.sampled_from(["", "x.pdf"]),
            "file_name": st.sampled_from(["", " ", "x.pdf"]),
            "media_type": st.sampled_from(["", "application/pdf", "image/png", "image/gif", CONTAINER]),
            "size": st.sampled_from([0, 1]),
            "sha256": st.sampled_from(["", "0" * 64, "0" * 63, "A" * 64, "0" * 64 + "\n"]),
            "title_lv": TEXTS,
            "alternative_lv": TEXTS,
            "alternative_en": TEXTS,
            "is_published": st.booleans(),
        }
    ),
    CooperationField: st.fixed_dictionaries({"slug": KEYS, "name_lv": TEXTS}),
    Page: st.fixed_dictionaries({"place": st.sampled_from(["home", "nowhere"]), "title_lv": TEXTS}),
}


def broken_in_database(record):
    """What the database itself says of each constraint."""
    broken = set()
    for constraint in record._meta.constraints:
        try:
            constraint.validate(type(record), record, using=router.db_for_write(type(record)))
        except ValidationError:
            broken.add(constraint.name)
    return broken


@pytest.mark.django_db
@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.model_name)
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_python_and_database_agree_on_every_constraint(model, data):
    record = model(**data.draw(RECORDS[model]))
    if model is Agreement:
        record.city_id = 1
    assert {error.code for _fields, error in violations(record)} == broken_in_database(record)


@pytest.mark.django_db
def test_agreement_that_supplements_itself_breaks_its_constraint():
    agreement = Agreement.objects.create(city=make_city(), slug="a")
    agreement.supplements_id = agreement.pk
    assert [error.code for _fields, error in violations(agreement)] == [
        "partners_agreement_supplements_another"
    ]


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.model_name)
def test_every_check_constraint_is_evaluated(model):
    checks = [item for item in model._meta.constraints if isinstance(item, CheckConstraint)]
    assert len(checks) == len(model._meta.constraints)


def test_constraint_on_a_field_that_is_wrong_already_is_left_out():
    city = City(slug="tukums", country="LV")
    assert violations(city, exclude={"name_en"}) == []
