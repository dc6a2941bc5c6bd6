from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Length, Substr
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import get_language

from ..partial_dates import PartialDateField, day_in_month, years_to_celebrate
from ..renewal import STOPPED, State
from ..slugs import SLUG_PROBLEM, slug_format
from ..text import LineField, LinesField, ProseField, SearchTextField, has_text
from .city import City, countries_named
from .cooperation_field import CooperationField
from .former_slug import SluggedModel
from .record import ChangedAtField, SearchableQuerySet, mentions
from .tally import NO_YEAR

LAST_YEAR = 9999
LONGEST_CHAIN = 20  # agreements, each of which supplements the one before

# Without a parameter, so that it is the same in a query and in an index; without a date comes last.
SIGNED = models.Func("signed_on", template="COALESCE(%(expressions)s, '')", output_field=models.CharField())
NEWEST_FIRST = (SIGNED.desc(), "slug")

PARTIAL_DATE_HELP = _("As much as is known: 17.11.2003. or 2003-11-17, 2003-11, or 2003.")


def well_formed(field):
    """The constraint that the partial date `field` is empty or an ISO 8601 date at its precision."""
    return models.CheckConstraint(
        name=f"partners_agreement_{field}_format",
        condition=Q(**{field: None})
        | Q(**{f"{field}__regex": r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z"}),
        violation_error_message=_("Write the date as 2003-11-17, or as 2003-11 or 2003 if no more is known."),
    )


def not_before_signing(field, message):
    """The constraint that the partial date `field` is not earlier than the signing.

    At the coarser precision of the two: an agreement of 17 September 2012 can have ended in "2012-09".
    """
    return models.CheckConstraint(
        name=f"partners_agreement_{field}_not_before_signing",
        condition=Q(**{field: None})
        | Q(signed_on=None)
        | Q(**{f"{field}__gte": Substr("signed_on", 1, Length(field))}),
        violation_error_message=message,
    )


def in_latvian_if_published(field, message):
    """The constraint that a published agreement does not have the text `field` in English only."""
    return models.CheckConstraint(
        name=f"partners_agreement_{field}_published_in_latvian",
        condition=Q(is_published=False) | has_text(f"{field}_lv") | ~has_text(f"{field}_en"),
        violation_error_message=message,
    )


def completed(field, rest):
    """The partial date `field` as a whole date, what it lacks taken from `rest`."""
    return Concat(field, Substr(Value(rest), Length(field) + 1))


def month_number(field):
    """The months from the year 0 to the whole date `field`."""
    return Cast(Substr(field, 1, 4), IntegerField()) * 12 + Cast(Substr(field, 6, 2), IntegerField())


class AgreementQuerySet(SearchableQuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def published(self):
        """Those visitors may see: an agreement with an unpublished partner is not public either."""
        # Without a join to each partner, of which few are hidden: so an index alone is enough to count.
        return self.marked_as_published().exclude(city__in=City.objects.filter(is_published=False))

    def marked_as_published(self):
        """Those that are public, or will be as soon as their partner is."""
        return self.filter(is_published=True)

    def newest_first(self):
        return self.order_by(*NEWEST_FIRST)

    def undated_first(self):
        return self.order_by(SIGNED, "slug")

    def oldest_first(self, *within):
        """From the oldest on, within each value of the expressions `within`."""
        return self.order_by(*within, F("signed_on").asc(nulls_last=True), "slug")

    def by_partner(self):
        """In the order of the partners' names, the agreements of each from the oldest on."""
        return self.oldest_first(f"city__sort_key_{get_language()}", "city__slug")

    def by_country(self):
        """In the order of the countries' names, and within each by partner."""
        places = [
            When(city__country=code, then=Value(place))
            for place, (code, _name) in enumerate(City.objects.countries())
        ]
        if not places:
            return self.by_partner()
        place = Case(*places, output_field=IntegerField())
        return self.oldest_first(place, f"city__sort_key_{get_language()}", "city__slug")

    def mentioning(self, word):
        """On that topic, or in what names the partner."""
        return (
            self.on_topic(word)
            | mentions(word, "city__search_text")
            | Q(city__country__in=countries_named(word))
        )

    def on_topic(self, word):
        """The condition that the key with its year, the scope, the fields or the decision mention `word`."""
        in_fields = self.model.fields.through.objects.filter(mentions(word, "cooperationfield__search_text"))
        return super().mentioning(word) | Q(pk__in=in_fields.values("agreement"))

    def in_force(self):
        """Those of which a document says so; nothing follows from dates."""
        return self.filter(status="in-force")

    def due_for_renewal(self, by):
        """Those not ended whose term has run out, or may run out by the date `by`."""
        return self.filter(valid_until__lte=by.isoformat()).exclude(status="ended")

    def with_term(self):
        """Those of which it is known until when they are valid, unless they have been stopped."""
        return self.exclude(valid_until=None).exclude(status__in=STOPPED)

    def past_term(self, on):
        """Those whose term is certainly over on the date `on`."""
        same_precision = Substr(Value(on.isoformat()), 1, Length("valid_until"))
        return self.with_term().filter(valid_until__lt=same_precision)

    def expired(self, on):
        """Those whose term is over, and that are not known to run on."""
        return self.past_term(on).exclude(renews_automatically=True)

    def renewed(self, on):
        """Those whose term is over, and that run on."""
        return self.past_term(on).filter(renews_automatically=True)

    def notice_due(self, on, ahead):
        """Those to be decided on at the date `on`: in about `ahead` months it is too late for notice.

        As partners.renewal has it; of what does not renew automatically, the end of the term is the deadline.
        """
        last_of_month = day_in_month(on.year, on.month, 31)
        return (
            self.with_term()
            .alias(
                deadline=Case(When(renews_automatically=True, then=Coalesce("notice_months", 0)), default=0)
            )
            .alias(first_day=completed("valid_until", "0000-01-01"))
            .alias(last_day=completed("valid_until", "0000-12-31"))
            .alias(first_month=month_number("first_day") - Coalesce("notice_months", 0) - ahead)
            .alias(last_month=month_number("last_day") - F("deadline"))
            .alias(first_in_month=Substr("first_day", 9), last_in_month=Substr("last_day", 9))
            .alias(month=Value(on.year * 12 + on.month))
            .filter(
                Q(first_month__lt=F("month"))
                # Where the month is too short, its last day stands for those that it lacks.
                | Q(first_month=F("month"), first_in_month__lte="31" if on == last_of_month else f"{on:%d}"),
                Q(last_month__gt=F("month")) | Q(last_month=F("month"), last_in_month__gte=f"{on:%d}"),
            )
        )

    def in_state(self, state, on, ahead):
        """Those of which `partners.renewal` says so; running ones are of no interest."""
        return {
            State.NOTICE_DUE: self.notice_due(on, ahead),
            State.EXPIRED: self.expired(on),
            State.RENEWED: self.renewed(on),
        }[state]

    def in_country(self, code):
        return self.filter(city__country=code)

    def in_field(self, slug):
        # Asked of each agreement, so that a page of them takes no look at all those on the field.
        on_field = self.model.fields.through.objects.filter(cooperationfield__slug=slug)
        return self.filter(Exists(on_field.filter(agreement=OuterRef("pk"))))

    def with_status(self, status):
        return self.filter(status=status)

    def of_kind(self, kind):
        return self.filter(kind=kind)

    def signed_from(self, year):
        return self.alias(signed=SIGNED).filter(signed__gte=f"{year:04}")

    def signed_until(self, year):
        dated = self.alias(signed=SIGNED).filter(signed__gt="")
        return dated.filter(signed__lt=str(year + 1)) if year < LAST_YEAR else dated

    def signed_in(self, years):
        """Those signed from the first of `years` to the last; NO_YEAR stands for those without a date."""
        signed = self.alias(signed=SIGNED)
        dated = sorted(set(years) - {NO_YEAR})
        is_undated = Q(signed="")
        if not dated:
            return signed.filter(is_undated)
        within = Q(signed__gte=dated[0])
        if int(dated[-1]) < LAST_YEAR:
            within &= Q(signed__lt=str(int(dated[-1]) + 1))
        return signed.filter(within if len(dated) == len(years) else within | is_undated)

    def with_anniversary_in(self, year):
        """Those signed a round number of years before `year`, unless they have ended."""
        years = years_to_celebrate(year)
        return self.alias(year=Substr("signed_on", 1, 4)).filter(year__in=years).exclude(status="ended")

    def with_supplements(self, agreements=None):
        """With partner, fields, ``public_documents`` and agreements: ``public_main``, ``public_supplements``.

        They are among `agreements`, the published ones unless told otherwise.
        """
        published = self.model.objects.published() if agreements is None else agreements
        documents = self.model.documents.rel.related_model.objects.filter(is_published=True)
        return self.select_related("city").prefetch_related(
            "fields",
            Prefetch("documents", documents, to_attr="public_documents"),
            Prefetch("supplements", published.select_related("city"), to_attr="public_main"),
            Prefetch(
                "supplemented_by",
                published.oldest_first().select_related("city"),
                to_attr="public_supplements",
            ),
        )


class Agreement(SluggedModel):
    class Kind(models.TextChoices):
        COOPERATION = "cooperation", _("cooperation agreement")
        ADDITIONAL = "additional", _("additional agreement")
        LETTER_OF_INTENT = "letter-of-intent", _("letter of intent")
        MEMORANDUM = "memorandum", _("memorandum")
        PROTOCOL = "protocol", _("protocol")

    class Status(models.TextChoices):
        NOT_STATED = "not-stated", _("not stated")
        IN_FORCE = "in-force", _("in force")
        SUSPENDED = "suspended", _("suspended")
        ENDED = "ended", _("ended")

    city = models.ForeignKey(
        City, verbose_name=_("partner"), related_name="agreements", on_delete=models.PROTECT
    )
    slug = models.SlugField(
        _("key"),
        max_length=120,
        unique=True,
        error_messages={"invalid": SLUG_PROBLEM},
        help_text=_(
            "Used in web addresses and spreadsheets, the same in both languages. "
            "Leave empty to have it made from the partner and the year."
        ),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COOPERATION)
    supplements = models.ForeignKey(
        "self",
        verbose_name=_("supplements"),
        related_name="supplemented_by",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("The earlier agreement with the same partner that this one adds to."),
    )
    signed_on = PartialDateField(_("signed on"), null=True, blank=True, help_text=PARTIAL_DATE_HELP)
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=Status,
        default=Status.NOT_STATED,
        help_text=_("Choose a status only if a document states it."),
    )
    ended_on = PartialDateField(_("ended on"), null=True, blank=True, help_text=PARTIAL_DATE_HELP)
    status_reason = ProseField(
        _("reason"), blank=True, help_text=_("Why the agreement was suspended or ended; visitors see it.")
    )
    valid_until = PartialDateField(_("valid until"), null=True, blank=True, help_text=PARTIAL_DATE_HELP)
    renews_automatically = models.BooleanField(
        _("renews automatically"),
        null=True,
        blank=True,
        help_text=_("Whether the agreement runs on if nobody gives notice."),
    )
    notice_months = models.PositiveSmallIntegerField(
        _("notice period in months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1200)],
        help_text=_("How long before the end of the term notice has to be given."),
    )
    decision_number = LineField(_("number of the council decision"), max_length=100, blank=True)
    decided_on = PartialDateField(
        _("date of the council decision"), null=True, blank=True, help_text=PARTIAL_DATE_HELP
    )
    scope = LinesField(
        _("scope"),
        blank=True,
        help_text=_("What the agreement is about, in its own words, one topic per line."),
    )
    fields = models.ManyToManyField(
        CooperationField,
        verbose_name=_("fields of cooperation"),
        related_name="agreements",
        blank=True,
        help_text=_("The department's own topics that cover the scope."),
    )
    source = LineField(
        _("source"),
        max_length=500,
        blank=True,
        help_text=_("Where these facts come from: a document, a web page."),
    )
    internal_note = ProseField(
        _("internal note"), blank=True, help_text=_("For colleagues; never shown on the site.")
    )
    is_published = models.BooleanField(
        _("published"),
        default=False,
        help_text=_("Visitors to the site see only published agreements of published partners."),
    )
    changed_at = ChangedAtField(_("changed at"))
    search_text = SearchTextField(sources=("slug", "scope_lv", "scope_en", "decision_number"))

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        default_permissions = ("add", "change", "delete", "view", "export", "import", "publish")
        ordering = ("slug",)
        indexes = (
            models.Index(fields=("signed_on", "slug"), name="partners_agreement_order"),
            models.Index(*NEWEST_FIRST, name="partners_agreement_newest"),
            models.Index(fields=("is_published", "city"), name="partners_agreement_published"),
            models.Index("city", SIGNED, "slug", name="partners_agreement_of_city"),
            models.Index(fields=("city", "changed_at"), name="partners_agreement_changed"),
            # Most supplement nothing, and the planner of SQLite takes the index of all for useless.
            models.Index(
                fields=("supplements",),
                condition=Q(supplements__isnull=False),
                name="partners_agreement_supplement",
            ),
        )
        constraints = (
            slug_format("partners_agreement_slug_format"),
            well_formed("signed_on"),
            well_formed("ended_on"),
            well_formed("valid_until"),
            well_formed("decided_on"),
            not_before_signing("ended_on", _("The agreement cannot have ended before it was signed.")),
            not_before_signing("valid_until", _("The term cannot end before the agreement was signed.")),
            models.CheckConstraint(
                name="partners_agreement_kind_known",
                condition=Q(
                    kind__in=("cooperation", "additional", "letter-of-intent", "memorandum", "protocol")
                ),
                violation_error_message=_("Choose the kind of the agreement from the list."),
            ),
            models.CheckConstraint(
                name="partners_agreement_status_known",
                condition=Q(status__in=("not-stated", "in-force", "suspended", "ended")),
                violation_error_message=_("Choose the status of the agreement from the list."),
            ),
            models.CheckConstraint(
                name="partners_agreement_end_only_if_ended",
                condition=Q(ended_on=None) | Q(status="ended"),
                violation_error_message=_("An end date needs the status “ended”."),
            ),
            models.CheckConstraint(
                name="partners_agreement_reason_only_if_stopped",
                condition=Q(status__in=("suspended", "ended"))
                | (
                    (Q(status_reason_lv=None) | Q(status_reason_lv=""))
                    & (Q(status_reason_en=None) | Q(status_reason_en=""))
                ),
                violation_error_message=_("A reason needs the status “suspended” or “ended”."),
            ),
            in_latvian_if_published(
                "scope", _("Enter the scope in Latvian, too, or leave the agreement unpublished.")
            ),
            in_latvian_if_published(
                "status_reason", _("Enter the reason in Latvian, too, or leave the agreement unpublished.")
            ),
            models.CheckConstraint(
                name="partners_agreement_notice_positive",
                condition=Q(notice_months=None) | Q(notice_months__gt=0),
                violation_error_message=_(
                    "The notice period is at least one month; leave it empty if there is none."
                ),
            ),
            models.CheckConstraint(
                name="partners_agreement_supplements_another",
                condition=Q(supplements=None) | ~Q(supplements=F("id")),
                violation_error_message=_("An agreement cannot supplement itself."),
            ),
        )

    def __str__(self):
        title = f"{self.city} – {self.get_kind_display()}"
        return f"{title}, {self.signed_on.localized}" if self.signed_on else title

    def slug_parts(self):
        return (self.city.slug, self.signed_on and self.signed_on[:4])

    def get_absolute_url(self):
        return reverse("partners:agreement_detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    @property
    def is_public(self):
        return self.is_published and self.city.is_published

    def clean(self):
        # What a constraint cannot state, because it looks at several rows. Not tied to a form field: a
        # form need not have it.
        if self.supplements and self.supplements != self:  # that it does not, a constraint says
            self._check_supplement(self, self.supplements)
        if self.pk:
            for additional in self.supplemented_by.all():
                self._check_supplement(additional, self)

    @staticmethod
    def _check_supplement(additional, main):
        """Raise a ValidationError unless `additional` can supplement `main`."""
        if additional.city_id != main.city_id:
            raise ValidationError(
                _("An agreement and the one it supplements have to be with the same partner."), code="partner"
            )
        if additional.signed_on and main.signed_on and additional.signed_on.is_before(main.signed_on):
            raise ValidationError(
                _("An agreement cannot be signed before the one it supplements."), code="order"
            )
        for _step in range(LONGEST_CHAIN):
            if main == additional:
                raise ValidationError(_("Agreements cannot supplement each other."), code="circle")
            main = main.supplements
            if not main:
                return
        raise ValidationError(
            _("No more than %(count)d agreements can supplement one another in a row."),
            code="chain",
            params={"count": LONGEST_CHAIN},
        )

    def validate_constraints(self, exclude=None):
        # A form that lacks a column, as inside a partner, would skip every rule that names it.
        super().validate_constraints(exclude={"slug", "city"} & set(exclude or ()))

    @property
    def scope_lines(self):
        return self.scope.split("\n") if self.scope else []
