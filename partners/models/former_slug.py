from django.db import models
from django.utils.translation import gettext_lazy as _

from ..slugs import free_slug
from .record import TranslatedModel


class FormerSlugQuerySet(models.QuerySet):
    def keep(self, record, slug):
        """Let `slug`, which `record` had until now, go on leading to it."""
        self.update_or_create(model=record._meta.model_name, slug=slug, defaults={"record": record.pk})

    def present_slugs(self, model, slugs):
        """The keys that the records of `model` have now which had `slugs` once, by these."""
        former = self.filter(model=model._meta.model_name, slug__in=slugs).values_list("slug", "record")
        former = dict(former)
        present = dict(model.objects.filter(pk__in=former.values()).values_list("pk", "slug"))
        return {slug: present[record] for slug, record in former.items() if record in present}

    def found(self, queryset, slug):
        """The record of `queryset` that had `slug` once, or None."""
        if "\0" in slug:  # in no key, and PostgreSQL does not take it
            return None
        former = self.filter(model=queryset.model._meta.model_name, slug=slug)
        return queryset.filter(pk__in=former.values("record")).first()


class FormerSlug(models.Model):
    """A key that a record had before: addresses that were cited go on leading to it."""

    model = models.CharField(_("kind of record"), max_length=50)
    slug = models.SlugField(_("key"), max_length=120)
    record = models.PositiveBigIntegerField(_("record"))

    objects = FormerSlugQuerySet.as_manager()

    class Meta:
        verbose_name = _("former key")
        verbose_name_plural = _("former keys")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("model", "slug"), name="partners_formerslug_unique"),)

    def __str__(self):
        return self.slug


class SluggedModel(TranslatedModel):
    """What has a key: made where there is none, and remembered when it is changed."""

    class Meta:
        abstract = True

    def save(self, **kwargs):
        self.slug = self.slug or free_slug(type(self), *self.slug_parts())
        stored = type(self).objects.filter(pk=self.pk).values_list("slug", flat=True)
        was = stored.first() if self.pk else None
        super().save(**kwargs)
        if was and was != self.slug:
            FormerSlug.objects.keep(self, was)

    def slug_parts(self):
        """What the key is made of."""
        raise NotImplementedError
