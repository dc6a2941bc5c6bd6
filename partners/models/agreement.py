from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Substr
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDateField
from ..slugs import SLUG_PROBLEM, slug_format
from ..text import LineField, LinesField, ProseField, SearchTextField, has_text
from .agreement_queryset import NEWEST_FIRST, SIGNED, AgreementQuerySet
from .city import City
from .cooperation_field import CooperationField
from .former_slug import SluggedModel
from .record import ChangedAtField

LONGEST_CHAIN = 20  # agreements, each of which supplements the one before

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

        @property
        def is_stopped(self):
            return self in (self.SUSPENDED, self.ENDED)

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
    def stated_status(self):
        """The Status if it is stated, else None."""
        return None if self.status == self.Status.NOT_STATED else self.Status(self.status)

    @property
    def title_with_status(self):
        """What it is called, with its status if that is stated."""
        stated = self.stated_status
        return f"{self} ({stated.label})" if stated else str(self)

    @property
    def scope_lines(self):
        return self.scope.split("\n") if self.scope else []
