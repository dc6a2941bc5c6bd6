import copy
import pickle

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from partners.models import Agreement
from partners.partial_dates import PartialDate, PartialDateFormField, dates_in, validate

from .factories import make_agreement


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2012-09-17", "2012-09-17"),
        ("2012-09", "2012-09"),
        ("2012", "2012"),
        ("17.09.2012.", "2012-09-17"),
        ("17.9.2012", "2012-09-17"),
        ("17. 9. 2012.", "2012-09-17"),
        ("09.2012", "2012-09"),
        ("2012.", "2012"),
        ("  2012-09 ", "2012-09"),
        ("29.02.2024.", "2024-02-29"),
        ("17.11.2003. g.", "2003-11-17"),
        ("17.11.2003.g.", "2003-11-17"),
        ("17.11.2003 g", "2003-11-17"),
        ("17.11.2003. gadā", "2003-11-17"),
        ("11.2003. g.", "2003-11"),
        ("2003.g.", "2003"),
        ("2003. gadam", "2003"),
        ("2003. gadu", "2003"),
        ("17/11/2003", "2003-11-17"),
        ("17/11/2003. g.", "2003-11-17"),
        ("17-11-2003", "2003-11-17"),
        ("01/01/2003", "2003-01-01"),
        ("2027. gada 14. marts", "2027-03-14"),
        ("2027. gada 14. marta", "2027-03-14"),
        ("2027. gada 14. martam", "2027-03-14"),
        ("2027. gada 14. martu", "2027-03-14"),
        ("2027. gada 14. martā", "2027-03-14"),
        ("2027. gada 14. marta\u0304", "2027-03-14"),
        ("2027.gada 14.martā", "2027-03-14"),
        ("2027. GADA 14. MARTAM", "2027-03-14"),
        ("2027. g. 14. martam", "2027-03-14"),
        ("2012. gada septembrim", "2012-09"),
        ("2012. gada septembri", "2012-09"),
        ("2012. gada aprīlim", "2012-04"),
        ("14. martā 2027. gadā", "2027-03-14"),
        ("14. martā, 2027. g.", "2027-03-14"),
    ],
)
def test_date_is_read_at_the_precision_it_is_typed(typed, iso):
    assert PartialDate.parse(typed) == iso


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "2012-13",
        "2012-00",
        "2012-02-30",
        "29.02.2023.",
        "32.01.2012.",
        "12-09-17",
        "2012-9",
        "0000",
        "01/02/2003",
        "1/2/2003",
        "01-02-2003",
        "11/17/2003",
        "31/02/2003",
        "201²",
        "2027. gada 14. martiem",
        "2027. gada 32. martam",
        "2027. gada martam 14",
    ],
)
def test_text_that_is_no_date_is_refused(typed):
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.parse(typed)


LATVIAN_CASES = (  # nominative, genitive, dative, accusative, locative
    "janvāris janvāra janvārim janvāri janvārī",
    "februāris februāra februārim februāri februārī",
    "marts marta martam martu martā",
    "aprīlis aprīļa aprīlim aprīli aprīlī",
    "maijs maija maijam maiju maijā",
    "jūnijs jūnija jūnijam jūniju jūnijā",
    "jūlijs jūlija jūlijam jūliju jūlijā",
    "augusts augusta augustam augustu augustā",
    "septembris septembra septembrim septembri septembrī",
    "oktobris oktobra oktobrim oktobri oktobrī",
    "novembris novembra novembrim novembri novembrī",
    "decembris decembra decembrim decembri decembrī",
)


@pytest.mark.parametrize("number", range(1, 13))
def test_latvian_month_is_read_in_every_case_that_a_sentence_gives_it(number):
    words = LATVIAN_CASES[number - 1].split()
    read = {word: PartialDate.parse(f"2027. gada 14. {word}") for word in words}
    assert read == dict.fromkeys(words, f"2027-{number:02}-14")


def test_refusal_names_the_value_and_what_to_type_in_the_language_of_the_officer():
    with pytest.raises(ValidationError) as latvian:
        validate("drīz")
    with override("en"), pytest.raises(ValidationError) as english:
        validate("soon")
    assert latvian.value.messages == [
        "„drīz” nav datums. Rakstiet 2012-09-17 vai 17.09.2012., "
        "bet, ja zināms tikai mēnesis vai gads, – 2012-09 vai 2012; ja nekas nav zināms, atstājiet tukšu."
    ]
    assert english.value.messages == [
        "“soon” is not a date. Write 2012-09-17 or 17.09.2012., or 2012-09 or 2012 if no more is known; leave it empty if nothing is."
    ]


@pytest.mark.parametrize("iso", ["0001", "1003-11-17", "1799-12", "2200", "3000-01-01", "9999-12-31"])
def test_year_that_can_only_be_a_slip_is_refused(iso):
    agreement = Agreement(signed_on=PartialDate(iso))
    with pytest.raises(ValidationError) as latvian:
        agreement.clean_fields(exclude={"city", "slug"})
    with override("en"), pytest.raises(ValidationError) as english:
        agreement.clean_fields(exclude={"city", "slug"})
    assert latvian.value.message_dict == {
        "signed_on": [
            f"{iso[:4]}. gads nevar būt pareizs. Rakstiet gadu no 1800. līdz 2199. gadam, "
            "bet, ja datuma nav, neko nerakstiet."
        ]
    }
    assert english.value.message_dict == {
        "signed_on": [
            f"The year {iso[:4]} cannot be right. Write one from 1800 to 2199, "
            "or leave the date empty if there is none."
        ]
    }


def test_year_is_left_alone_where_a_backup_is_loaded():
    assert Agreement._meta.get_field("signed_on").to_python("0203-11") == PartialDate("0203-11")


@pytest.mark.parametrize("iso", ["1800", "1913-06-28", "2199-12-31"])
def test_year_of_any_agreement_is_accepted(iso):
    Agreement(signed_on=PartialDate(iso), valid_until="2199").clean_fields(exclude={"city", "slug"})


def test_date_sorts_within_its_month_and_year():
    dates = ["2012-10", "2012-09-17", "2011-12-31", "2012", "2012-09", "2012-09-02"]
    assert sorted(map(PartialDate, dates)) == [
        "2011-12-31",
        "2012",
        "2012-09",
        "2012-09-02",
        "2012-09-17",
        "2012-10",
    ]


@pytest.mark.parametrize(
    ("date", "other", "expected"),
    [
        ("2012-09-16", "2012-09-17", True),
        ("2012-09-17", "2012-09-17", False),
        ("2012-08", "2012-09-17", True),
        ("2012-09", "2012-09-17", False),
        ("2012", "2012-09-17", False),
        ("2012-09-01", "2012-09", False),
        ("2012-08-31", "2012-09", True),
        ("2013", "2012-09", False),
    ],
)
def test_date_is_before_another_only_where_that_is_certain(date, other, expected):
    assert PartialDate(date).is_before(PartialDate(other)) is expected


@pytest.mark.parametrize(
    ("iso", "latvian", "english"),
    [
        ("2008-08-23", "2008. gada 23. augusts", "23 August 2008"),
        ("2012-09", "2012. gada septembris", "September 2012"),
        ("2012", "2012. gads", "2012"),
    ],
)
def test_date_is_shown_at_its_precision_in_both_languages(iso, latvian, english):
    with override("lv"):
        assert PartialDate(iso).localized == latvian
    with override("en"):
        assert PartialDate(iso).localized == english


@pytest.mark.parametrize("iso", ["2008-08-23", "2012-09", "2012"])
def test_date_survives_copying_and_pickling(iso):
    for twin in (copy.deepcopy(PartialDate(iso)), pickle.loads(pickle.dumps(PartialDate(iso)))):  # noqa: S301
        assert (twin, twin.year, twin.month, twin.day) == (
            iso,
            PartialDate(iso).year,
            PartialDate(iso).month,
            PartialDate(iso).day,
        )


def test_form_sees_no_change_where_the_same_date_is_typed_another_way():
    field = PartialDateFormField(required=False)
    assert field.has_changed(PartialDate("2012-09-17"), "17.09.2012.") is False
    assert field.has_changed(PartialDate("2012-09-17"), "2012-09") is True
    assert field.has_changed(None, "") is False
    assert field.has_changed(None, "soon") is True


@pytest.mark.django_db
@pytest.mark.parametrize("iso", ["2008-08-23", "2012-09", "2012", None])
def test_database_returns_the_date_that_was_stored(iso):
    agreement = make_agreement(signed_on=iso)
    stored = Agreement.objects.get(pk=agreement.pk).signed_on
    assert stored == iso
    assert isinstance(stored, PartialDate | None)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["signed_on", "ended_on", "valid_until", "decided_on"])
@pytest.mark.parametrize("wrong", ["2012-13", "2012-9", "2012-09-32", "September"])
def test_database_refuses_what_is_no_partial_date(field, wrong):
    agreement = make_agreement(signed_on="2012-09", status="ended")
    with (
        pytest.raises(IntegrityError, match=f"{field}_format"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE partners_agreement SET {field} = %s WHERE id = %s", [wrong, agreement.pk])  # noqa: S608


@pytest.mark.parametrize(
    ("text", "dates", "rest"),
    [
        ("Radoma 2012. gada 17. septembris līgums", ["2012-09-17"], "Radoma līgums"),
        ("17.11.2003. g. kultūra", ["2003-11-17"], "kultūra"),
        ("17th of November, 2017", ["2017-11-17"], ""),
        ("no 2003-11 līdz 09.2012", ["2003-11", "2012-09"], "no līdz"),
        ("Radoma 2012", [], "Radoma 2012"),
        ("", [], ""),
    ],
)
def test_dates_are_found_among_other_words(text, dates, rest):
    assert dates_in(text) == (dates, rest)
