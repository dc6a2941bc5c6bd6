from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, ProtectedError, Subquery
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..slugs import SLUG_PROBLEM, slug_format
from ..text import LineField, SearchTextField, has_text
from .former_slug import SluggedModel
from .record import ChangedAtField, SearchableQuerySet
from .tally import Tally

LAST_POSITION = 32_000


class CooperationFieldQuerySet(SearchableQuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def in_use(self):
        """Fields on which at least one published partner cooperates."""
        tally = Tally.objects.published().present().whenever()
        return self.filter(Exists(tally.filter(field_id=OuterRef("pk"))))

    def published(self):
        """Those visitors may see."""
        return self.in_use()

    def of_partner(self, city):
        """The fields of the published agreements with `city`."""
        tally = Tally.objects.present().whenever().filter(city=city)
        return self.filter(pk__in=tally.values("field_id"))

    def with_partner_count(self, agreements=None):
        """The fields of `agreements`, the published ones unless told otherwise, with ``partner_count``."""
        if agreements is None:
            return self._with_public_partner_count()
        return self.filter(agreements__in=agreements).annotate(
            partner_count=Count("agreements__city", distinct=True)
        )

    def _with_public_partner_count(self):
        tally = Tally.objects.published().present().whenever().filter(field_id=OuterRef("pk"))
        counted = tally.order_by().values("field_id").annotate(count=Count("city", distinct=True))
        return self.annotate(partner_count=Subquery(counted.values("count"))).exclude(partner_count=None)


class CooperationField(SluggedModel):
    name = LineField(_("name"), max_length=200, blank=True)
    slug = models.SlugField(
        _("key"),
        max_length=100,
        unique=True,
        error_messages={"invalid": SLUG_PROBLEM},
        help_text=_("Used in web addresses and spreadsheets. Leave empty to have it made from the name."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        validators=[MaxValueValidator(LAST_POSITION)],
        help_text=_("Fields are listed in this order, the smallest number first."),
    )
    changed_at = ChangedAtField(_("changed at"))
    search_text = SearchTextField(sources=("name_lv", "name_en"))

    objects = CooperationFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("field of cooperation")
        verbose_name_plural = _("fields of cooperation")
        default_permissions = ("add", "change", "delete", "view", "export", "import")
        ordering = ("position", "slug")
        constraints = (
            slug_format("partners_cooperationfield_slug_format"),
            models.CheckConstraint(
                name="partners_cooperationfield_named",
                condition=has_text("name_lv"),
                violation_error_message=_("Enter the name of the field in Latvian."),
            ),
        )

    def __str__(self):
        return self.name

    def slug_parts(self):
        return (self.name_en or self.name_lv,)

    def get_absolute_url(self):
        return reverse("partners:field_detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)


@receiver(pre_delete, sender=CooperationField)
def keep_fields_in_use(instance, **kwargs):
    """Deleting a field would silently take it off every agreement that names it."""
    if agreements := set(instance.agreements.all()):
        raise ProtectedError(_("The field stands in agreements."), agreements)
