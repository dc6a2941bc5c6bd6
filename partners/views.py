from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseNotFound, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import DetailView, ListView, TemplateView

from . import ics
from .anniversaries import anniversaries
from .api.answers import written
from .api.description import description
from .api.documentation import addresses, parameters, schemas, statuses
from .api.records import objects
from .documents import sent
from .downloads import FORMATS, download, streamed, whole_lists
from .feed import feed
from .filters import Filters
from .map import Map
from .models import Agreement, City, CooperationField, Document, FormerSlug, Page, PartnershipStatus, Tally
from .open_views import OpenView, for_any_site
from .overview import Overview
from .record_pages import agreement_page, city_page


class HomeView(TemplateView):
    template_name = "partners/home.html"
    partners_shown = 60

    def get_context_data(self, **kwargs):
        cities = City.objects.published()
        by_status = Tally.objects.published().by_status()
        return super().get_context_data(
            **cities.aggregate(city_count=Count("pk"), country_count=Count("country", distinct=True)),
            agreement_count=sum(by_status.values()),
            statuses=[
                (status, by_status[status]) for status in PartnershipStatus.values if status in by_status
            ],
            field_count=CooperationField.objects.in_use().count(),
            city_list=cities.alphabetical().with_partnership()[: self.partners_shown],
            map=Map(cities),
            **kwargs,
        )


class PagedListView(ListView):
    """A list in pages. What an address asks for in vain is said on the page, which then answers 404."""

    paginate_by = 25
    problem = ""

    def paginate_queryset(self, queryset, page_size):
        try:
            return super().paginate_queryset(queryset, page_size)
        except Http404:
            paginator = self.get_paginator(queryset, page_size)
            self.problem = self.problem or ngettext(
                "There is no page “%(page)s”: the list has %(count)d page.",
                "There is no page “%(page)s”: the list has %(count)d pages.",
                paginator.num_pages,
            ) % {"page": self.request.GET.get(self.page_kwarg), "count": paginator.num_pages}
            return paginator, paginator.page(1), [], False

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        place = {self.page_kwarg: number} if (number := context["page_obj"].number) > 1 else {}
        query = urlencode({**self.asked(), **place})
        context["canonical_query"] = f"?{query}" if query else ""
        return context

    def asked(self):
        """What narrows and orders the list, by the name of the parameter."""
        return {}

    def render_to_response(self, context, **kwargs):
        if self.problem:
            kwargs["status"] = 404
        return super().render_to_response({**context, "problem": self.problem}, **kwargs)


class FilteredPaginator(Paginator):
    """The pages of what `filters` let through; the last one takes as long as the first."""

    def __init__(self, filters, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters = filters

    @cached_property
    def count(self):
        return self.filters.finding.count if self.filters.is_valid() else 0

    def page(self, number):
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        shown = self.object_list
        if self.count:
            shown = self.filters.finding.part(shown, first, min(first + self.per_page, self.count))
        return self._get_page(shown, number, self)


class FilteredListView(PagedListView):
    """The published records of `model` that the filters in the address let through."""

    words = {}  # what partners/_list.html says of them

    @cached_property
    def filters(self):
        return Filters(self.model, self.request.GET)

    def get_queryset(self):
        if self.filters.is_valid():
            return self.with_what_is_shown(self.filters.finding.results())
        self.problem = _("The list cannot be narrowed like this.")
        return self.model.objects.none()

    def with_what_is_shown(self, records):
        raise NotImplementedError

    def get_paginator(self, queryset, per_page, **kwargs):
        return FilteredPaginator(self.filters, queryset, per_page, **kwargs)

    def asked(self):
        return self.filters.asked if self.filters.is_valid() else {}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            form=self.filters, formats=FORMATS[self.model], **self.words, **kwargs
        )
        if self.filters.is_valid():
            context["chips"] = self.filters.chips(self.filters.finding.count)
        return context


class CityListView(FilteredListView):
    model = City
    words = {
        "kind": "city",
        "heading": gettext_lazy("Partners"),
        "search_label": gettext_lazy("Name, country or topic"),
        "other_list": "partners:agreement_list",
        "download_name": "partners:city_download",
        "api_name": "api:city_list",
    }

    def with_what_is_shown(self, records):
        return records.with_partnership()


class AgreementListView(FilteredListView):
    model = Agreement
    words = {
        "kind": "agreement",
        "heading": gettext_lazy("Agreements"),
        "search_label": gettext_lazy("Partner, country or topic"),
        "other_list": "partners:city_list",
        "download_name": "partners:agreement_download",
        "api_name": "api:agreement_list",
        "feed_name": "partners:agreement_feed",
        "calendar_name": "partners:calendar",
    }

    def with_what_is_shown(self, records):
        return records.select_related("city")


class FilteredFileView(OpenView):
    """What the filters in the address let through of `model`; what they ask for in vain is said."""

    model = None

    def get(self, request, **kwargs):
        filters = Filters(self.model, request.GET)
        if filters.is_valid():
            return self.file(filters, **kwargs)
        problems = (
            f"{filters.fields[name].label}: {' '.join(sentences)}\n"
            for name, sentences in filters.errors.items()
        )
        answer = HttpResponseNotFound("".join(problems), content_type="text/plain; charset=utf-8")
        return for_any_site(answer)

    def file(self, filters, **kwargs):
        raise NotImplementedError


class DownloadView(FilteredFileView):
    """The list as it is filtered."""

    def file(self, filters, file_format):
        if file_format not in FORMATS[self.model]:
            raise Http404
        return download(self.request, filters.finding.results(), file_format)


class FieldDownloadView(OpenView):
    def get(self, request, file_format):
        if file_format not in FORMATS[CooperationField]:
            raise Http404
        return download(request, CooperationField.objects.published(), file_format)


class AgreementFeedView(FilteredFileView):
    """New and changed agreements."""

    model = Agreement

    def file(self, filters):
        content = feed(filters.finding.results(), filters.query, self.request)
        return for_any_site(HttpResponse(content, content_type="application/atom+xml"))


class CalendarView(FilteredFileView):
    """Anniversaries and ends of terms of the agreements."""

    model = Agreement

    def file(self, filters):
        pieces = ics.pieces(filters.finding.results(), self.request, timezone.localdate())
        name = f"{slugify(_('Anniversaries'))}.ics"
        return streamed(self.request, pieces, name, "text/calendar; charset=utf-8", "inline")


class RecordView(DetailView):
    """The page of a record; one whose key was changed is found by its former keys too."""

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            if moved := FormerSlug.objects.found(self.get_queryset(), kwargs["slug"]):
                return HttpResponsePermanentRedirect(moved.get_absolute_url())
            raise


class CityDetailView(RecordView):
    queryset = City.objects.published().with_summary()
    agreements_told = 10

    def get_object(self, **kwargs):
        city = super().get_object(**kwargs)
        newest = Agreement.objects.published().filter(city=city).undated_first().reverse()
        city.public_agreements = list(newest[: self.agreements_told])
        for agreement in city.public_agreements:
            agreement.city = city
        city.partner_since = city.since
        city.fields = list(CooperationField.objects.of_partner(city))
        return city

    def get_context_data(self, **kwargs):
        context = city_page(self.object, timezone.localdate())
        context["agreement_count"] = self.object.agreement_count
        if self.object.agreement_count > self.agreements_told:
            context["anniversary"] = None  # the next one may be that of an agreement that is not told of
        if self.object.agreement_changed_at:
            context["changed_at"] = max(self.object.changed_at, self.object.agreement_changed_at)
        return super().get_context_data(**context, **kwargs)


class AgreementDetailView(RecordView):
    queryset = Agreement.objects.published().with_partnership_status().with_supplements()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**agreement_page(self.object, timezone.localdate()), **kwargs)


class DocumentView(View):
    """The file of a published document; its name in the address is for people."""

    # A cache may keep it, but asks each time whether it is still public.
    cache_control = "public, no-cache"

    def get(self, request, uuid, name):
        document = get_object_or_404(Document.objects.published(), uuid=uuid)
        if name != document.file_name:
            return redirect(document)
        return sent(request, document, self.cache_control)


class FieldListView(ListView):
    queryset = CooperationField.objects.with_partner_count()
    extra_context = {
        "kind": "field",
        "formats": FORMATS[CooperationField],
        "download_name": "partners:field_download",
        "api_name": "api:field_list",
    }


class FieldDetailView(PagedListView):
    model = City
    template_name = "partners/cooperationfield_detail.html"

    def get(self, request, *args, **kwargs):
        fields = CooperationField.objects.in_use()
        self.field = fields.filter(slug=kwargs["slug"]).first()
        if self.field:
            return super().get(request, *args, **kwargs)
        moved = FormerSlug.objects.found(fields, kwargs["slug"])
        if not moved:
            raise Http404
        return HttpResponsePermanentRedirect(moved.get_absolute_url())

    def get_queryset(self):
        cities = super().get_queryset().published().in_field(self.field.slug)
        return cities.alphabetical().with_partnership()

    def get_context_data(self, **kwargs):
        return super().get_context_data(field=self.field, **kwargs)


class MapView(TemplateView):
    template_name = "partners/map.html"

    def get_context_data(self, **kwargs):
        cities = City.objects.published()
        return super().get_context_data(
            map=Map(cities, self.request.GET),
            city_list=cities.alphabetical().with_partnership(),
            **kwargs,
        )


class OverviewView(TemplateView):
    template_name = "partners/overview.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(overview=Overview(), **kwargs)


class AnniversariesView(TemplateView):
    template_name = "partners/anniversaries.html"
    most = 100  # of a year; the list has the others

    def get_context_data(self, **kwargs):
        agreements = Agreement.objects.published().select_related("city")
        this_year = timezone.localdate().year
        found = {year: anniversaries(agreements, year, self.most + 1) for year in (this_year, this_year + 1)}
        years = [(year, several[: self.most], len(several) > self.most) for year, several in found.items()]
        return super().get_context_data(years=years, **kwargs)


class PageDetailView(DetailView):
    model = Page
    slug_field = "place"

    def get_queryset(self):
        return Page.objects.exclude(place__in=(Page.Place.MASTHEAD, Page.Place.HOME))


class ApiDocumentationView(TemplateView):
    template_name = "partners/api.html"

    def get_context_data(self, **kwargs):
        api = description()
        partners = City.objects.published()
        first = partners.order_by("slug").values_list("slug", flat=True).first()
        return super().get_context_data(
            api=api,
            addresses=addresses(api),
            parameters=parameters(api),
            statuses=statuses(api),
            schemas=schemas(api),
            lists=whole_lists(),
            example=first,
            example_answer="".join(
                written(answered).decode() for answered in objects(partners.filter(slug=first), self.request)
            ),
            **kwargs,
        )
