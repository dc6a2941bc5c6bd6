from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..text import LineField, ProseField, has_text
from .record import TranslatedModel, TranslatedQuerySet


class PageQuerySet(TranslatedQuerySet):
    def get_by_natural_key(self, place):
        return self.get(place=place)


class Page(TranslatedModel):
    """An editable text of the public site."""

    class Place(models.TextChoices):
        MASTHEAD = "masthead", _("masthead and footer")
        HOME = "home", _("home page")
        ABOUT = "about", _("about the register")
        ACCESSIBILITY = "accessibility", _("accessibility statement")
        PRIVACY = "privacy", _("privacy")

    place = models.SlugField(
        _("place"),
        max_length=20,
        unique=True,
        choices=Place,
        help_text=_(
            "The title of the masthead is the name of the municipality at the head of every page; "
            "its text stands at the foot of every page."
        ),
    )
    title = LineField(_("title"), max_length=200, blank=True)
    body = ProseField(
        _("text"), blank=True, help_text=_("An empty line begins a new paragraph; addresses become links.")
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="partners_page_place_known",
                condition=Q(place__in=("masthead", "home", "about", "accessibility", "privacy")),
                violation_error_message=_("Choose the place of the text from the list."),
            ),
            models.CheckConstraint(
                name="partners_page_titled",
                condition=has_text("title_lv"),
                violation_error_message=_("Enter the title in Latvian."),
            ),
        )

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.place in (self.Place.MASTHEAD, self.Place.HOME):
            return reverse("partners:home")
        return reverse("partners:page_detail", args=[self.place])

    def natural_key(self):
        return (self.place,)
