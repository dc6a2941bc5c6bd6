from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..filters import Filters
from ..finding import NARROWING
from ..models import CooperationField, FormerSlug
from ..open_views import METHODS, OpenView, for_any_site
from .answers import Problem, answer, refusal
from .description import description
from .paging import asked_limit, part
from .records import objects

# What is well written, but not in the register, or cannot be: the others are faults of the program.
NOT_THERE = {
    ("partner", "invalid_choice"),
    ("country", "invalid_choice"),
    ("field", "invalid_choice"),
    ("year_to", "order"),
}


def nothing_there():
    return Problem(404, _("The address is mistyped, or the record is no longer public."))


class ApiView(OpenView):
    """Whatever goes wrong is said as a problem document."""

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Problem as problem:
            return refusal(problem)

    def get(self, request, **kwargs):
        return answer(request, self.data(**kwargs))

    def http_method_not_allowed(self, request, **kwargs):
        response = refusal(Problem(405, _("The register can only be read here.")))
        response["Allow"] = METHODS
        return response


class RecordsView(ApiView):
    """The published records of `model` that the filters let through, in parts."""

    model = None

    def data(self):
        records, meant = self.narrowed()
        limit = asked_limit(self.request.GET)
        shown, cursor = part(records, limit, self.request.GET.get("cursor"))
        return {
            "count": records.count(),
            "searched_for": meant or None,
            "next": self.next(limit=limit, cursor=cursor) if cursor else None,
            "results": objects(shown, self.request),
        }

    def narrowed(self):
        """The records, and what was searched for instead of what nothing mentions."""
        if self.model is CooperationField:
            return self.model.objects.published(), ""
        filters = Filters(self.model, self.asked())
        if not filters.is_valid():
            raise self.problem(filters.errors.as_data())
        return filters.finding.results(), filters.finding.meant

    def asked(self):
        """What is asked of the filters; the order of the list is always that of the keys."""
        known = () if self.model is CooperationField else NARROWING
        return MultiValueDict({name: texts for name, texts in self.request.GET.lists() if name in known})

    @staticmethod
    def problem(errors):
        faults = [
            ((parameter, error.code), {"parameter": parameter, "detail": " ".join(error.messages)})
            for parameter, several in errors.items()
            for error in several
        ]
        status = 404 if {code for code, _fault in faults} <= NOT_THERE else 400
        sentence = _("The list cannot be narrowed like this.")
        return Problem(status, sentence, errors=[fault for _code, fault in faults])

    def next(self, **where):
        return self.request.build_absolute_uri(
            f"{self.request.path}?{urlencode({**self.asked().dict(), **where})}"
        )


class RecordView(ApiView):
    """A published record of `model`; one whose key was changed is found by its former keys too."""

    model = None

    def get(self, request, slug):
        records = self.model.objects.published()
        if found := objects(records.filter(slug=slug), request):
            return answer(request, found[0])
        if moved := FormerSlug.objects.found(records, slug):
            view = f"{request.resolver_match.namespace}:{request.resolver_match.url_name}"
            return for_any_site(HttpResponsePermanentRedirect(reverse(view, args=[moved.slug])))
        raise nothing_there()


class DescriptionView(ApiView):
    def data(self):
        with override("en"):
            return description()
