"""New and changed agreements as an Atom feed (RFC 4287), in the active language."""

from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .fallbacks import fallback_language, only_in
from .models import Page

NEWEST = 50  # entries; who looks in once a week misses nothing


def feed(agreements, query, request):
    """The feed of the published `agreements` of the list with that `query`, as a text of XML."""
    absolute = request.build_absolute_uri
    titles = {page.place: page.title for page in Page.objects.filter(place__in=("masthead", "home"))}
    name = titles.get("home") or _("International cooperation")
    written = Atom1Feed(
        title=f"{_('Agreements')} – {name}",
        link=absolute(reverse("partners:agreement_list") + query),
        description=_("New and changed agreements"),
        language=get_language(),
        author_name=titles.get("masthead") or name,
        feed_url=absolute(request.path + query),
    )
    newest = agreements.order_by("-changed_at", "slug")[:NEWEST]
    for agreement in newest.select_related("city").prefetch_related("fields"):
        address = absolute(agreement.get_absolute_url())
        written.add_item(
            title=str(agreement),
            link=address,
            unique_id=address,
            updateddate=agreement.changed_at,
            description=summary(agreement),
            categories=[agreement.city.country_name, *(field.name for field in agreement.fields.all())],
        )
    return written.writeString("utf-8")


def summary(agreement):
    """The scope as HTML, marked where it is in the other language."""
    lines = [escape(line) for line in agreement.scope_lines]
    if language := fallback_language(agreement, "scope"):
        lines.append(f"({only_in(language)})")
    return "<br>".join(lines)
