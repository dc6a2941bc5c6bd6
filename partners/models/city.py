from functools import cache

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override
from django_countries import countries
from django_countries.fields import CountryField
from modeltranslation.utils import get_language

from ..degrees import DegreesField
from ..partial_dates import PartialDate
from ..slugs import SLUG_PROBLEM, slug_format
from ..text import (
    LineField,
    LinesField,
    ProseField,
    SearchTextField,
    SortKeyField,
    fold,
    has_text,
    searchable,
    sort_key,
    word_beginning,
)
from .former_slug import SluggedModel
from .partnership import PartnershipStatus
from .record import ChangedAtField, SearchableQuerySet
from .tally import Tally

gettext_noop("Kosovo")  # stands in the settings, whose strings are not gathered

# Names that people use beside those of the library.
OTHER_COUNTRY_NAMES = {
    "BY": ("Baltkrievijas Republika", "Belarus Republic"),
    "CN": ("People's Republic of China", "Ķīnas Tautas Republika", "ĶTR"),
    "CZ": ("Czech Republic", "Čehijas Republika"),
    "DE": ("Vācijas Federatīvā Republika", "VFR", "Federal Republic of Germany"),
    "GB": ("Great Britain", "UK", "Lielbritānija", "England", "Anglija", "Scotland", "Skotija"),
    "KR": ("Korejas Republika", "Republic of Korea", "Dienvidkoreja"),
    "MD": ("Moldāvija", "Moldovas Republika", "Republic of Moldova"),
    "MK": ("Macedonia", "Maķedonija"),
    "NL": ("The Netherlands", "Holland", "Holande"),
    "RU": ("Russian Federation", "Krievijas Federācija"),
    "TR": ("Turkey", "Turcijas Republika"),
    "US": ("USA", "ASV"),
}


# What is said of people and languages, where it does not begin as the country does; only a search knows it.
PEOPLES = {
    "BY": "Belarusian",
    "CN": "ķīniešu Chinese",
    "CZ": "čehu Czech",
    "DE": "vācu German",
    "DK": "dāņu Danish",
    "EE": "igauņu Estonian",
    "ES": "spāņu Spanish",
    "FI": "somu Finnish",
    "FR": "franču French",
    "GB": "angļu britu English British",
    "GE": "gruzīnu Georgian",
    "LT": "lietuviešu Lithuanian",
    "PL": "poļu Polish",
    "RS": "serbu",
    "SE": "Swedish",
    "TR": "turku Turkish",
    "US": "amerikāņu American",
}


@cache
def countries_in(language):
    """The name of every country in `language`, by its code, in the order of the alphabet."""
    with override(language):
        return dict(sorted(countries, key=lambda choice: sort_key(choice[1], language)))


def country_name(code):
    """What the country with `code` is called in the active language; "" where there is none."""
    return countries_in(get_language()).get(code, "")


@cache
def country_names():
    """All names of every country, by its code."""
    return {
        code: [*OTHER_COUNTRY_NAMES.get(code, ()), countries_in("lv")[code], countries_in("en")[code]]
        for code in countries.countries
    }


@cache
def folded_countries():
    """All names of every country, folded, one a line, by its code."""
    return {code: "\n".join(map(searchable, names)) for code, names in country_names().items()}


def countries_named(word):
    """Codes of the countries in whose name, in either language, a word begins with the folded `word`."""
    begins = word_beginning(word)
    return [
        code
        for code, names in folded_countries().items()
        if begins.search(names) or begins.search(fold(PEOPLES.get(code, "")))
    ]


def country_choices(codes):
    """The countries with `codes`, as pairs of code and name, in the alphabet of the active language."""
    codes = set(codes)
    return [(code, name) for code, name in countries_in(get_language()).items() if code in codes]


COORDINATE_ERRORS = dict.fromkeys(
    ("max_digits", "max_decimal_places", "max_whole_digits"),
    _("Write the degrees with at most six decimals, for example 55.874736."),
)


class CityQuerySet(SearchableQuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def published(self):
        return self.filter(is_published=True)

    def alphabetical(self):
        """By name, in the order of the alphabet of the active language."""
        return self.order_by(f"sort_key_{get_language()}", "slug")

    def mentioning(self, word):
        """In a name, an alias, the region or the country."""
        return super().mentioning(word) | Q(country__in=countries_named(word))

    def matching(self, text):
        """Also by what their agreements are about, published or not."""
        return self._matching(text, self.model.agreements.rel.related_model.objects.all())

    def found_by(self, text):
        """Also by what their published agreements are about."""
        return self._matching(text, self._agreements())

    def _matching(self, text, agreements):
        return self._with_words(text, lambda word: self.mentioning(word) | agreements.partners_on_topic(word))

    def countries(self):
        """The countries of these cities, as choices."""
        return country_choices(self.order_by().values_list("country", flat=True).distinct())

    def in_country(self, code):
        return self.filter(country=code)

    def in_field(self, slug):
        """Cities with a published agreement on the field."""
        return self.with_agreement(Tally.objects.present().in_field(slug).whenever())

    def with_agreement(self, agreements):
        """Cities with one of the `agreements`, or of those in a tally."""
        return self.filter(pk__in=agreements.order_by().values("city"))

    def by_country(self):
        """In the order of the countries' names, and within each by name."""
        places = [
            When(country=code, then=Value(place)) for place, (code, _name) in enumerate(self.countries())
        ]
        return self.order_by(Case(*places, default=0), f"sort_key_{get_language()}", "slug")

    def by_first_agreement(self):
        """By the first known date of signing of a published agreement, those without any at the end."""
        return self.with_first_signed().order_by(F("first_signed").asc(nulls_last=True), "slug")

    def with_first_signed(self):
        """With ``first_signed``, the first known date of signing of a published agreement, as text."""
        own = self._own_agreements().filter(city=OuterRef("pk"))
        return self.annotate(first_signed=Subquery(own.first_signed()))

    def with_partnership_status(self):
        """With ``partnership_status``, a code of PartnershipStatus, or None without a published agreement."""
        return self.annotate(partnership_status=PartnershipStatus.in_database("pk"))

    def with_partnership(self):
        """With what a card says of the partnership: also ``first_signed`` and ``has_undated_agreement``."""
        undated = self._own_agreements().filter(city=OuterRef("pk")).undated()
        return (
            self.with_partnership_status().with_first_signed().annotate(has_undated_agreement=Exists(undated))
        )

    def with_summary(self):
        """With all that their published agreements say: also how many, and when one was changed."""
        tally = Tally.objects.filter(city=OuterRef("pk")).on_whatever().whenever().order_by()
        count = tally.values("city").annotate(total=Sum("agreements")).values("total")
        agreements = self._own_agreements().filter(city=OuterRef("pk"))
        changed = agreements.order_by("-changed_at").values("changed_at")
        return self.with_partnership().annotate(
            agreement_count=Coalesce(Subquery(count), 0), agreement_changed_at=Subquery(changed[:1])
        )

    def with_agreements(self, agreements=None):
        """With their `agreements` and the fields of these in ``public_agreements``, oldest first.

        Unless told otherwise, they are the published ones.
        """
        agreements = self._agreements() if agreements is None else agreements
        agreements = agreements.oldest_first().prefetch_related("fields")
        return self.prefetch_related(Prefetch("agreements", agreements, to_attr="public_agreements"))

    def _agreements(self):
        return self.model.agreements.rel.related_model.objects.published()

    def _own_agreements(self):
        """Those that are public if the partner is, whose they are."""
        return self.model.agreements.rel.related_model.objects.marked_as_published()


class City(SluggedModel):
    name = LineField(_("name"), max_length=200, blank=True)
    slug = models.SlugField(
        _("key"),
        max_length=100,
        unique=True,
        error_messages={"invalid": SLUG_PROBLEM},
        help_text=_(
            "Used in web addresses and spreadsheets, the same in both languages. "
            "Leave empty to have it made from the name."
        ),
    )
    country = CountryField(_("country"))
    region = LineField(
        _("region"),
        max_length=200,
        blank=True,
        help_text=_("Only where it helps to find the place, for example Adjara."),
    )
    other_names = LinesField(
        _("other names"),
        blank=True,
        help_text=_(
            "Former names and other spellings, one per line. A search finds the partner by them; "
            "the site does not show them."
        ),
    )
    website = models.URLField(
        _("website"),
        blank=True,
        validators=[URLValidator(schemes=("http", "https"))],
        error_messages={
            "invalid": _("Write the whole address of the website, for example https://www.example.org.")
        },
        help_text=_("The municipality's own website, for example https://www.example.org."),
    )
    description = ProseField(_("description"), blank=True)
    latitude = DegreesField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        error_messages=COORDINATE_ERRORS,
        help_text=_("In degrees, from −90 to 90; south of the equator it is negative."),
    )
    longitude = DegreesField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        error_messages=COORDINATE_ERRORS,
        help_text=_("In degrees, from −180 to 180; west of Greenwich it is negative."),
    )
    is_published = models.BooleanField(
        _("published"), default=False, help_text=_("Visitors to the site see only published partners.")
    )
    changed_at = ChangedAtField(_("changed at"))
    sort_key_lv = SortKeyField(sources=("name_lv", "name_en"), language="lv")
    sort_key_en = SortKeyField(sources=("name_en", "name_lv"), language="en")
    search_text = SearchTextField(sources=("name_lv", "name_en", "other_names", "region_lv", "region_en"))

    objects = CityQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        default_permissions = ("add", "change", "delete", "view", "export", "import", "publish")
        ordering = ("slug",)
        indexes = (
            models.Index(fields=("sort_key_lv", "slug"), name="partners_city_order_lv"),
            models.Index(fields=("sort_key_en", "slug"), name="partners_city_order_en"),
            models.Index(fields=("country",), name="partners_city_country"),
        )
        constraints = (
            slug_format("partners_city_slug_format"),
            models.CheckConstraint(
                name="partners_city_named",
                condition=has_text("name_lv") | has_text("name_en"),
                violation_error_message=_("Enter the name of the partner, in Latvian if it is known."),
            ),
            models.CheckConstraint(
                name="partners_city_published_in_latvian",
                condition=Q(is_published=False) | has_text("name_lv"),
                violation_error_message=_("Enter the Latvian name, or leave the partner unpublished."),
            ),
            models.CheckConstraint(
                name="partners_city_country_given",
                condition=~Q(country=""),
                violation_error_message=_("State the country."),
            ),
            models.CheckConstraint(
                name="partners_city_coordinates_paired",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                violation_error_message=_("Enter both the latitude and the longitude, or neither."),
            ),
            models.CheckConstraint(
                name="partners_city_coordinates_on_earth",
                condition=Q(latitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                violation_error_message=_(
                    "The latitude lies between −90 and 90 degrees, the longitude between −180 and 180."
                ),
            ),
            models.CheckConstraint(
                name="partners_city_website_http",
                condition=Q(website="") | Q(website__iregex=r"^https?://"),
                violation_error_message=_("The address of the website begins with https:// or http://."),
            ),
        )

    def __str__(self):
        return self.name

    def slug_parts(self):
        return (self.name_en or self.name_lv,)

    def get_absolute_url(self):
        return reverse("partners:city_detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    def validate_constraints(self, exclude=None):
        # The form of who does not decide on publishing would skip the rule about the Latvian name.
        super().validate_constraints(exclude=set(exclude or ()) - {"is_published"})

    @property
    def since(self):
        return PartialDate(self.first_signed) if self.first_signed else None

    @property
    def country_name(self):
        return country_name(self.country.code)

    @property
    def is_public(self):
        return self.is_published

    # Of ``public_agreements``, unless ``with_partnership`` has asked the database.

    @cached_property
    def partner_since(self):
        """The first known date on which one of them was signed, or None."""
        return min((each.signed_on for each in self.public_agreements if each.signed_on), default=None)

    @cached_property
    def has_undated_agreement(self):
        return not all(agreement.signed_on for agreement in self.public_agreements)

    @cached_property
    def partnership_status(self):
        return PartnershipStatus.of(self.public_agreements)

    @property
    def partnership(self):
        """The PartnershipStatus, or None without a published agreement."""
        return PartnershipStatus(self.partnership_status) if self.partnership_status else None

    @cached_property
    def fields(self):
        """The fields of cooperation of all ``public_agreements``, in their order, each once."""
        fields = {field for agreement in self.public_agreements for field in agreement.fields.all()}
        return sorted(fields, key=lambda field: (field.position, field.slug))
