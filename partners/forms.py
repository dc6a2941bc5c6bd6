"""The filters of the public lists, as they stand in the address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import City, CooperationField


class FilterForm(forms.Form):
    """Narrows a list of cities or agreements; an address that asks for what is not there is invalid."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        error_messages={"max_length": _("Search for at most %(limit_value)d characters.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        error_messages={"invalid_choice": _("There are no partners in the country “%(value)s”.")},
    )
    field = forms.ChoiceField(
        label=_("Field of cooperation"),
        required=False,
        error_messages={"invalid_choice": _("The register has no field of cooperation “%(value)s”.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("All countries")), *City.objects.published().countries()]
        self.fields["field"].choices = [
            ("", _("All fields")),
            *((field.slug, field.name) for field in CooperationField.objects.in_use()),
        ]

    def narrow(self, queryset):
        """`queryset` narrowed by the filters that are set; they have to be valid."""
        if text := self.cleaned_data["q"]:
            queryset = queryset.matching(text)
        if code := self.cleaned_data["country"]:
            queryset = queryset.in_country(code)
        if slug := self.cleaned_data["field"]:
            queryset = queryset.in_field(slug)
        return queryset

    @property
    def is_set(self):
        """Whether any filter narrows the list."""
        return any(self.data.get(name) for name in self.fields)
