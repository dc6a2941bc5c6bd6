"""Records that are found by typing, in forms that come back and in those opened with values in an address.

What is no key of a record is left out there: Django would ask the database for it, and fail.
"""

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple

from .conflicts import KEY
from .forms import RecordsField


class KeysOnly:
    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, list(filter(KEY.fullmatch, value)), attr)


class RecordWidget(KeysOnly, AutocompleteSelect):
    pass


class RecordsWidget(KeysOnly, AutocompleteSelectMultiple):
    """Django's, without the cross that takes off all at once: screen readers stumble over it."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}


class AutocompletingAdmin:
    """Mixed into an admin or inline with ``autocomplete_fields``."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs = {"widget": RecordWidget(db_field, self.admin_site), **kwargs}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            widget = RecordsWidget(db_field, self.admin_site)
            kwargs = {"widget": widget, "form_class": RecordsField, **kwargs}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PrefilledAdmin(AutocompletingAdmin):
    """Mixed into an admin whose form for a new record takes values from its address, such as ``?city=7``."""

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        for name in self.get_autocomplete_fields(request):
            given = initial.get(name, [])
            keys = given if isinstance(given, list) else [given]
            if not all(map(KEY.fullmatch, keys)):
                del initial[name]
        return initial
