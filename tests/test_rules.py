"""The rules of the register: stated by the database, explained to the officer in both languages."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import override

from partners.models import Agreement, City, CooperationField, Document, Page
from partners.partial_dates import PartialDate

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db


def city(**values):
    return City(**{"slug": "cesis", "name_lv": "Cēsis", "country": "LV", **values})


def agreement(**values):
    return Agreement(**{"slug": "cesis-2012", "city": make_city(), **values})


def document(**values):
    """One whose file is in the storage already."""
    told = {
        "file": "x.pdf",
        "file_name": "x.pdf",
        "media_type": "application/pdf",
        "size": 1,
        "sha256": "0" * 64,
    }
    return Document(**{"agreement": make_agreement(), **told, **values})


BROKEN = {
    "partners_city_slug_format": (
        lambda: city(slug="Cēsis"),
        "Identifikatorā drīkst būt tikai mazie burti a–z, cipari un atsevišķas defises, "
        "piemēram, naro-fominsk.",
        "A key may hold only lower-case letters a–z, digits and single hyphens, as in naro-fominsk.",
    ),
    "partners_cooperationfield_slug_format": (
        lambda: CooperationField(slug="a--b", name_lv="Kultūra"),
        "Identifikatorā drīkst būt tikai mazie burti a–z, cipari un atsevišķas defises, "
        "piemēram, naro-fominsk.",
        "A key may hold only lower-case letters a–z, digits and single hyphens, as in naro-fominsk.",
    ),
    "partners_agreement_slug_format": (
        lambda: agreement(slug="cesis_2012"),
        "Identifikatorā drīkst būt tikai mazie burti a–z, cipari un atsevišķas defises, "
        "piemēram, naro-fominsk.",
        "A key may hold only lower-case letters a–z, digits and single hyphens, as in naro-fominsk.",
    ),
    "partners_page_place_known": (
        lambda: Page(place="cellar", title_lv="Pagrabs"),
        "Izvēlieties teksta vietu no saraksta.",
        "Choose the place of the text from the list.",
    ),
    "partners_city_named": (
        lambda: city(name_lv=" ", name_en=None),
        "Ievadiet partnera nosaukumu, ja iespējams, latviešu valodā.",
        "Enter the name of the partner, in Latvian if it is known.",
    ),
    "partners_city_published_in_latvian": (
        lambda: city(name_lv=None, name_en="Cēsis", is_published=True),
        "Ievadiet nosaukumu latviešu valodā vai atstājiet partneri nepublicētu.",
        "Enter the Latvian name, or leave the partner unpublished.",
    ),
    "partners_city_country_given": (
        lambda: city(country=""),
        "Norādiet valsti.",
        "State the country.",
    ),
    "partners_city_coordinates_paired": (
        lambda: city(latitude="57.3"),
        "Ievadiet gan ģeogrāfisko platumu, gan garumu vai atstājiet abus laukus tukšus.",
        "Enter both the latitude and the longitude, or neither.",
    ),
    "partners_city_coordinates_on_earth": (
        lambda: city(latitude="157.3", longitude="25.2"),
        "Ģeogrāfiskais platums ir no −90 līdz 90 grādiem, garums – no −180 līdz 180 grādiem.",
        "The latitude lies between −90 and 90 degrees, the longitude between −180 and 180.",
    ),
    "partners_city_website_http": (
        lambda: city(website="javascript:alert(1)"),
        "Tīmekļvietnes adresei jāsākas ar https:// vai http://.",
        "The address of the website begins with https:// or http://.",
    ),
    "partners_agreement_kind_known": (
        lambda: agreement(kind="pact"),
        "Izvēlieties līguma veidu no saraksta.",
        "Choose the kind of the agreement from the list.",
    ),
    "partners_agreement_status_known": (
        lambda: agreement(status="asleep"),
        "Izvēlieties līguma statusu no saraksta.",
        "Choose the status of the agreement from the list.",
    ),
    "partners_agreement_ended_on_not_before_signing": (
        lambda: agreement(signed_on="2012-09", status="ended", ended_on="2012-08-31"),
        "Izbeigšanas datums nevar būt agrāks par noslēgšanas datumu.",
        "The agreement cannot have ended before it was signed.",
    ),
    "partners_agreement_valid_until_not_before_signing": (
        lambda: agreement(signed_on="2012-09-17", valid_until="2011"),
        "Termiņa beigas nevar būt agrākas par līguma noslēgšanas datumu.",
        "The term cannot end before the agreement was signed.",
    ),
    "partners_agreement_end_only_if_ended": (
        lambda: agreement(status="in-force", ended_on="2020"),
        "Izbeigšanas datumu var norādīt tikai tad, ja statuss ir „izbeigts”.",
        "An end date needs the status “ended”.",
    ),
    "partners_agreement_reason_only_if_stopped": (
        lambda: agreement(status="in-force", status_reason_lv="Vienošanās"),
        "Iemeslu var norādīt tikai tad, ja statuss ir „apturēts” vai „izbeigts”.",
        "A reason needs the status “suspended” or “ended”.",
    ),
    "partners_agreement_scope_published_in_latvian": (
        lambda: agreement(is_published=True, scope_en="Culture"),
        "Ievadiet sadarbības virzienus arī latviešu valodā vai atstājiet līgumu nepublicētu.",
        "Enter the scope in Latvian, too, or leave the agreement unpublished.",
    ),
    "partners_agreement_status_reason_published_in_latvian": (
        lambda: agreement(is_published=True, status="ended", status_reason_en="By consent"),
        "Ievadiet iemeslu arī latviešu valodā vai atstājiet līgumu nepublicētu.",
        "Enter the reason in Latvian, too, or leave the agreement unpublished.",
    ),
    "partners_agreement_notice_positive": (
        lambda: agreement(notice_months=0),
        "Uzteikuma termiņš ir vismaz viens mēnesis; ja tāda nav, atstājiet lauku tukšu.",
        "The notice period is at least one month; leave it empty if there is none.",
    ),
    "partners_cooperationfield_named": (
        lambda: CooperationField(slug="culture", name_en="Culture"),
        "Ievadiet jomas nosaukumu latviešu valodā.",
        "Enter the name of the field in Latvian.",
    ),
    "partners_page_titled": (
        lambda: Page(place="about", title_en="About"),
        "Ievadiet virsrakstu latviešu valodā.",
        "Enter the title in Latvian.",
    ),
    "partners_document_file_given": (
        lambda: document(file=""),
        "Izvēlieties failu.",
        "Choose the file.",
    ),
    "partners_document_media_type_known": (
        lambda: document(media_type="image/gif", alternative_lv="A", alternative_en="A"),
        "Izvēlieties PDF failu vai JPEG, PNG vai WebP attēlu.",
        "Choose a PDF or a JPEG, PNG or WebP image.",
    ),
    "partners_document_size_positive": (
        lambda: document(size=0),
        "Fails ir tukšs. Izvēlieties citu.",
        "The file is empty. Choose another one.",
    ),
    "partners_document_sha256_format": (
        lambda: document(sha256="x" * 64),
        "Failam nav kontrolsummas. Izvēlieties to vēlreiz.",
        "The file has no checksum. Choose it again.",
    ),
    "partners_document_published_in_latvian": (
        lambda: document(title_en="Agreement", is_published=True),
        "Ievadiet dokumenta nosaukumu latviešu valodā vai atstājiet dokumentu nepublicētu.",
        "Enter the Latvian title, or leave the document unpublished.",
    ),
    "partners_document_container_unpublished": (
        lambda: document(media_type="application/vnd.etsi.asic-e+zip", title_lv="Līgums", is_published=True),
        "E-dokuments ir paredzēts tikai kolēģiem. Atstājiet to nepublicētu, bet apmeklētājiem pievienojiet tā saturu PDF failā.",
        "An e-signed container is for colleagues only. Leave it unpublished, and attach a PDF of what it holds for visitors.",
    ),
    "partners_document_picture_described": (
        lambda: document(media_type="image/png", alternative_lv="Divi mēri", alternative_en=" "),
        "Latviešu un angļu valodā aprakstiet, kas redzams attēlā, lai to uzzinātu arī cilvēki, kuri attēlu nevar redzēt.",
        "Write in Latvian and in English what the picture shows, for those who cannot see it.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_database_refuses_what_breaks_a_rule(name):
    make_record, _, _ = BROKEN[name]
    record = make_record()
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        record.save()
    assert name in str(refusal.value)


@pytest.mark.parametrize("name", BROKEN)
def test_officer_is_told_in_both_languages_what_to_do(name):
    make_record, latvian, english = BROKEN[name]
    record = make_record()
    with override("lv"), pytest.raises(ValidationError) as in_latvian:
        record.validate_constraints()
    with override("en"), pytest.raises(ValidationError) as in_english:
        record.validate_constraints()
    assert (in_latvian.value.messages, in_english.value.messages) == ([latvian], [english])


def test_every_rule_is_tested():
    rules = {
        rule.name
        for model in (City, Agreement, Document, CooperationField, Page)
        for rule in model._meta.constraints
    }
    tested_elsewhere = {
        "partners_agreement_supplements_another",
        "partners_agreement_signed_on_format",
        "partners_agreement_ended_on_format",
        "partners_agreement_valid_until_format",
        "partners_agreement_decided_on_format",
    }
    assert rules - set(BROKEN) == tested_elsewhere


def test_every_rule_of_every_model_has_a_sentence_of_its_own():
    silent = [
        constraint.name
        for model in (City, Agreement, Document, CooperationField, Page)
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("signed_on", "ended_on"),
    [("2012-09-17", "2012-09"), ("2012-09-17", "2012"), ("2012-09", "2012-09-01"), ("2012", "2012-01-01")],
)
def test_agreement_may_end_within_the_month_or_year_it_was_signed_in(signed_on, ended_on):
    ended = make_agreement(signed_on=signed_on, ended_on=ended_on, status="ended")
    assert Agreement.objects.get(pk=ended.pk).ended_on == ended_on


def test_agreement_cannot_supplement_itself():
    main = make_agreement()
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Agreement.objects.filter(pk=main.pk).update(supplements=main.pk)
    assert "partners_agreement_supplements_another" in str(refusal.value)


def test_agreement_supplements_only_an_agreement_with_the_same_partner():
    main = make_agreement(make_city("cesis"))
    with pytest.raises(ValidationError) as refusal:
        Agreement(city=make_city("tukums"), slug="x", supplements=main).full_clean()
    assert refusal.value.messages == [
        "Līgumam un tam līgumam, kuru tas papildina, jābūt noslēgtiem ar vienu un to pašu partneri."
    ]


def test_agreement_supplements_only_an_earlier_agreement():
    main = make_agreement(signed_on="2003-11-17")
    with pytest.raises(ValidationError) as refusal:
        Agreement(city=main.city, slug="x", supplements=main, signed_on="2003-10").full_clean()
    assert refusal.value.messages == ["Līgums nevar būt noslēgts agrāk nekā līgums, kuru tas papildina."]


def test_supplemented_agreement_cannot_be_signed_after_its_supplement():
    main = make_agreement(slug="main", signed_on="1993")
    make_agreement(main.city, slug="extra", supplements=main, signed_on="2003")
    main.signed_on = PartialDate("2004")
    with pytest.raises(ValidationError) as refusal:
        main.full_clean()
    assert refusal.value.messages == ["Līgums nevar būt noslēgts agrāk nekā līgums, kuru tas papildina."]


def test_agreements_cannot_supplement_each_other():
    first = make_agreement(slug="first")
    second = make_agreement(first.city, slug="second", supplements=first)
    third = make_agreement(first.city, slug="third", supplements=second)
    first.supplements = third
    with pytest.raises(ValidationError) as refusal:
        first.full_clean()
    assert refusal.value.messages == ["Līgumi nevar papildināt viens otru."]


def test_supplemented_agreement_cannot_move_to_another_partner():
    main = make_agreement(make_city("cesis"), slug="main")
    make_agreement(main.city, slug="extra", supplements=main)
    main.city = make_city("tukums")
    with pytest.raises(ValidationError) as refusal:
        main.full_clean()
    assert refusal.value.messages == [
        "Līgumam un tam līgumam, kuru tas papildina, jābūt noslēgtiem ar vienu un to pašu partneri."
    ]


def test_partner_with_agreements_cannot_be_deleted():
    kept = make_agreement()
    with pytest.raises(ProtectedError):
        kept.city.delete()
    with pytest.raises(ProtectedError):
        City.objects.all().delete()
    assert City.objects.count() == 1


def test_agreement_that_others_supplement_cannot_be_deleted():
    main = make_agreement(slug="main")
    make_agreement(main.city, slug="extra", supplements=main)
    with pytest.raises(ProtectedError):
        main.delete()


def test_field_that_stands_in_an_agreement_cannot_be_deleted():
    field = make_field()
    kept = make_agreement(fields=[field])
    with pytest.raises(ProtectedError), transaction.atomic():
        field.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        CooperationField.objects.all().delete()
    assert list(kept.fields.all()) == [field]


def test_field_that_stands_nowhere_can_be_deleted():
    make_field().delete()
    assert CooperationField.objects.count() == 0


def test_list_entry_cannot_hold_the_character_that_separates_entries():
    with pytest.raises(ValidationError) as refusal:
        city(other_names="Vindava | Windau").full_clean()
    assert refusal.value.messages == [
        "Nelietojiet šeit rakstzīmi „|”: izklājlapās tā atdala vienu ierakstu no nākamā."
    ]


def test_key_is_made_from_the_english_name_or_else_the_latvian_one():
    assert City.objects.create(name_lv="Belci", name_en="Bălți", country="MD").slug == "balti"
    assert City.objects.create(name_lv="Ļida", country="BY").slug == "lida"
    assert City.objects.create(name_lv="Lida", country="BY").slug == "lida-2"


@pytest.mark.parametrize("name", ["Foo_Bar", "x" * 200, "☃", "-- a --"])
def test_key_made_from_any_name_obeys_the_rule_of_keys(name):
    for _ in range(2):
        made = City.objects.create(name_lv=name, country="BY")
        made.full_clean()
    assert len(set(City.objects.values_list("slug", flat=True))) == 2


def test_key_of_an_agreement_is_made_from_the_partner_and_the_year():
    city = make_city("lida")
    slugs = [make_agreement(city, signed_on=date).slug for date in ("2012-01", "2012-05-01", None)]
    assert slugs == ["lida-2012", "lida-2012-2", "lida"]


def test_key_stays_when_the_name_changes():
    city = make_city("lida", name_lv="Lida")
    city.name_lv = "Ļida"
    city.save()
    assert City.objects.get(pk=city.pk).slug == "lida"


def test_records_without_a_text_in_one_language_can_be_listed():
    complete = make_city("cesis", name_lv="Cēsis", name_en="Cēsis")
    latvian_only = make_city("tukums", name_lv="Tukums", name_en="")
    gap = make_city("saldus", name_lv="Saldus", name_en="Saldus", region_en="Courland", region_lv=None)
    assert complete not in City.objects.missing("en")
    assert list(City.objects.missing("en")) == [latvian_only]
    assert list(City.objects.missing("lv")) == [gap]
