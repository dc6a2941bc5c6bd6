"""A form for a new record may be opened with values in its address, such as ``?city=7``."""

from .conflicts import KEY


class PrefilledAdmin:
    """Mixed into an admin with autocompletes: what is no key of a record is left out, and does not fail."""

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        for name in self.get_autocomplete_fields(request):
            given = initial.get(name, [])
            keys = given if isinstance(given, list) else [given]
            if not all(map(KEY.fullmatch, keys)):
                del initial[name]
        return initial
