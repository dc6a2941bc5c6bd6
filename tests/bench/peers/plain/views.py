from django.views.generic import ListView
from django_countries import countries

from .models import Agreement, City, CooperationField


class CityListView(ListView):
    """The partners, and what they may be narrowed by: each choice with the number of partners it leaves."""

    queryset = City.objects.filter(is_published=True)

    def get_context_data(self, **kwargs):
        cities = self.get_queryset()
        codes = sorted(set(cities.values_list("country", flat=True)), key=countries.name)
        agreements = Agreement.objects.filter(is_published=True)
        choices = {
            "country": [(code, countries.name(code), cities.filter(country=code)) for code in codes],
            "field": [
                (field.slug, field.name, cities.filter(agreements__fields=field))
                for field in CooperationField.objects.all()
            ],
            **{
                name: [
                    (value, value, cities.filter(**{f"agreements__{name}": value}))
                    for value in sorted(set(agreements.values_list(name, flat=True)))
                ]
                for name in ("status", "kind")
            },
        }
        return super().get_context_data(choices=choices, **kwargs)
