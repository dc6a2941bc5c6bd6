from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, ListView, TemplateView

from .forms import FilterForm
from .models import Agreement, City, CooperationField, Page


class HomeView(TemplateView):
    template_name = "partners/home.html"
    partners_shown = 60

    def get_context_data(self, **kwargs):
        cities = City.objects.published()
        return super().get_context_data(
            **cities.aggregate(city_count=Count("pk"), country_count=Count("country", distinct=True)),
            agreement_count=Agreement.objects.published().count(),
            field_count=CooperationField.objects.in_use().count(),
            city_list=cities.alphabetical().with_agreements()[: self.partners_shown],
            **kwargs,
        )


class PagedListView(ListView):
    """A list in pages. What an address asks for in vain is said on the page, which then answers 404."""

    paginate_by = 50
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

    def render_to_response(self, context, **kwargs):
        if self.problem:
            kwargs["status"] = 404
        return super().render_to_response({**context, "problem": self.problem}, **kwargs)


class FilteredListView(PagedListView):
    def get_queryset(self):
        self.form = FilterForm(self.request.GET, label_suffix="")
        if self.form.is_valid():
            return self.form.narrow(super().get_queryset())
        self.problem = _("The address asks for something that the register does not have.")
        return self.model.objects.none()

    def get_context_data(self, **kwargs):
        return super().get_context_data(form=self.form, **kwargs)


class CityListView(FilteredListView):
    model = City

    def get_queryset(self):
        return super().get_queryset().published().alphabetical().with_agreements()


class CityDetailView(DetailView):
    queryset = City.objects.published().with_agreements()


class AgreementListView(FilteredListView):
    model = Agreement

    def get_queryset(self):
        return super().get_queryset().published().newest_first().select_related("city")


class AgreementDetailView(DetailView):
    queryset = Agreement.objects.published().with_supplements()


class FieldListView(ListView):
    queryset = CooperationField.objects.with_partner_count()


class FieldDetailView(PagedListView):
    model = City
    template_name = "partners/cooperationfield_detail.html"

    def get_queryset(self):
        self.field = get_object_or_404(CooperationField.objects.in_use(), slug=self.kwargs["slug"])
        return super().get_queryset().published().in_field(self.field.slug).alphabetical().with_agreements()

    def get_context_data(self, **kwargs):
        return super().get_context_data(field=self.field, **kwargs)


class PageDetailView(DetailView):
    model = Page
    slug_field = "place"

    def get_queryset(self):
        return Page.objects.exclude(place__in=(Page.Place.MASTHEAD, Page.Place.HOME))
