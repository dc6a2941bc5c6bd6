"""Every public page with when it was changed, in both languages, for search engines."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import override

from .models import Agreement, City, CooperationField, Document, Page

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
        for language, _name in settings.LANGUAGES:
            with override(language):
                for url in urls:
                    twin = {"location": f"{site}{self.location(url['item'])}", "lang_code": language}
                    url["alternates"] = [*url["alternates"], twin]
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
    """The pages of the published `records`, each with those of the `parts` whose `owner` it is."""

    def __init__(self, language, records, parts, owner):
        super().__init__(language)
        self.records, self.parts, self.owner = records, parts, owner

    def items(self):
        # Asked of each record of this part of the sitemap only: there may be very many more.
        shown = self.parts.filter(**{self.owner: OuterRef("pk")}).order_by("-changed_at").values("changed_at")
        latest = Greatest("changed_at", Coalesce(Subquery(shown[:1]), "changed_at"))
        return self.records.annotate(latest=latest).order_by("slug")

    def lastmod(self, record):
        return record.latest

    def get_latest_lastmod(self):
        instants = (of.order_by().aggregate(Max("changed_at")) for of in (self.records, self.parts))
        return max(filter(None, (instant["changed_at__max"] for instant in instants)), default=None)


def sections():
    """The sitemaps, by name."""
    agreements = Agreement.objects.published()
    public = {
        "partners": (City.objects.published(), agreements, "city"),
        "agreements": (agreements, Document.objects.published(), "agreement"),
        "fields": (CooperationField.objects.in_use(), CooperationField.objects.none(), "pk"),
    }
    languages = [language for language, _name in settings.LANGUAGES]
    return {
        **{f"pages-{language}": PagesSitemap(language) for language in languages},
        **{
            f"{name}-{language}": RecordsSitemap(language, *of)
            for name, of in public.items()
            for language in languages
        },
    }
