"""Every public page with when it was changed, in both languages, for search engines."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import override

from .addresses import in_language
from .models import Agreement, City, CooperationField, Page

PAGES = ("home", "city_list", "agreement_list", "field_list", "map", "overview", "anniversaries", "api")


class PublicSitemap(Sitemap):
    """The addresses in one language, a page of them at a time, each with its twin in the other."""

    limit = 5000

    def __init__(self, language):
        self.language = language

    def _urls(self, page, protocol, domain):
        site = f"{protocol}://{domain}"
        with override(self.language):
            urls = super()._urls(page, protocol, domain)
            for url in urls:
                path = url["location"].removeprefix(site)
                url["alternates"] = [
                    {"location": f"{site}{in_language(path, language)}", "lang_code": language}
                    for language, _name in settings.LANGUAGES
                ]
        return urls


class PagesSitemap(PublicSitemap):
    """The pages that are of no record, by the name of the view and what it is called with."""

    def items(self):
        texts = Page.objects.exclude(place__in=(Page.Place.MASTHEAD, Page.Place.HOME))
        return [*((name, []) for name in PAGES), *(("page_detail", [text.place]) for text in texts)]

    def location(self, item):
        name, arguments = item
        return reverse(f"partners:{name}", args=arguments)


class RecordsSitemap(PublicSitemap):
    """The pages of the published `records`, changed last at ``latest``."""

    def __init__(self, language, records):
        super().__init__(language)
        self.records = records

    def items(self):
        return self.records.order_by("slug")

    def lastmod(self, record):
        return record.latest

    def get_latest_lastmod(self):
        return self.records.order_by().aggregate(Max("latest"))["latest__max"]


def latest(*instants):
    """The latest of the expressions, the first of which is never empty."""
    first, *others = instants
    return Greatest(first, *(Coalesce(other, first) for other in others))


def sections():
    """The sitemaps, by name."""
    published = Q(agreements__is_published=True)
    public = {
        "partners": City.objects.published().annotate(
            latest=latest("changed_at", Max("agreements__changed_at", filter=published))
        ),
        "agreements": Agreement.objects.published().annotate(
            latest=latest("changed_at", Max("documents__changed_at", filter=Q(documents__is_published=True)))
        ),
        "fields": CooperationField.objects.in_use().annotate(latest=F("changed_at")),
    }
    languages = [language for language, _name in settings.LANGUAGES]
    return {
        **{f"pages-{language}": PagesSitemap(language) for language in languages},
        **{
            f"{name}-{language}": RecordsSitemap(language, records)
            for name, records in public.items()
            for language in languages
        },
    }
