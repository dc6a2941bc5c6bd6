"""How templates show what is particular to a register in two languages."""

import json
from functools import lru_cache
from html import unescape

from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

from .. import linked_data as schema_org
from ..addresses import in_language
from ..fallbacks import fallback_language, only_in
from ..models import Agreement, PartnershipStatus
from ..partial_dates import PartialDate

LONGEST_ADDRESS = 2000  # characters; browsers take little more
EXCERPT = 160  # characters
LOCALES = {"lv": "lv_LV", "en": "en_GB"}

register = template.Library()
register.simple_tag(fallback_language)

# No more of Markdown than an officer may mean by it: a line that begins with ## or with a hyphen.
PROSE = MarkdownIt("zero", {"breaks": True, "linkify": True}).enable(
    ["heading", "list", "linkify", "newline"]
)
# Addresses are looked for once in each text, and not at every "://" again, which takes a tenth of a second.
PROSE.inline.ruler.disable("linkify")


class Addresses(LinkifyIt):
    """Looks for addresses only where every word is short enough for one: longer ones take it seconds."""

    def test(self, text):
        return max(map(len, text.split()), default=0) <= LONGEST_ADDRESS and super().test(text)


# Only what is plainly an address: "gada.Es" after a missing space is no link.
PROSE.linkify = Addresses({"ftp:": None, "//": None}, {"fuzzy_link": False, "fuzzy_ip": False})


@register.simple_tag
def translated(record, field):
    """`field` of `record` in the active language; in the other one, marked for eyes and ears, if need be."""
    language = fallback_language(record, field)
    text = getattr(record, f"{field}_{language or get_language()}")
    if language:
        return format_html('<span lang="{}">{}</span> {}', language, text, fallback_mark(language))
    return text or ""


@register.simple_block_tag
def captured(content):
    """What is inside, without surplus space, to be said in several places."""
    return mark_safe(" ".join(content.split()))  # noqa: S308 the template has escaped it # nosec B308


@register.simple_tag(takes_context=True)
def canonical(context):
    """The one address of this page: without what changes nothing."""
    request = context["request"]
    return request.build_absolute_uri(request.path + context.get("canonical_query", ""))


@register.simple_tag(takes_context=True)
def linked_data(context, kind, subject=None):
    """What the page is about, for search engines: a block of data, which no browser runs."""
    absolute = context["request"].build_absolute_uri
    subjects = [] if subject is None else [subject]
    data = getattr(schema_org, kind)(*subjects, context["pages"], absolute)
    if not data:
        return ""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    # Nothing in a text may end the block, or begin another.
    text = text.translate({ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"})
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 # nosec B308


@register.filter
def fallback_mark(language):
    """The visible sign that a passage is in the other `language`."""
    if not language:
        return ""
    return format_html('<span class="fallback">{}</span>', only_in(language))


@register.filter
def href(record):
    """The link to the page of `record`; none in the preview of what leads to something not public yet."""
    is_public = getattr(record, "is_public", True)
    return format_html(' href="{}"', record.get_absolute_url()) if is_public else ""


@register.filter
def file_url(document):
    """Where the file of `document` is opened; in the preview of a draft, by colleagues."""
    return getattr(document, "colleagues_url", None) or document.get_absolute_url()


@register.filter
@stringfilter
@lru_cache(maxsize=100)
def prose(text):
    """Running text: paragraphs, lists, headings below that of the page, and addresses as links."""
    # The parser takes all other characters for text.
    return mark_safe(PROSE.render(text).strip())  # noqa: S308 # nosec B308


@register.filter
def excerpt(text):
    """The beginning of running text, without its marks, as long as search engines show."""
    words = unescape(strip_tags(prose(text)))
    return Truncator(" ".join(words.split())).chars(EXCERPT)


@register.filter
def first_agreement(city):
    """When the first agreement with `city` was signed, in the words of a list."""
    if not city.partnership:
        return _("no agreements in the register")
    if not city.since:
        return _("date of the first agreement not known")
    year = {"year": city.since.year}
    if city.has_undated_agreement:
        return _("first dated agreement in %(year)s; there is also an undated one") % year
    return _("first agreement in %(year)s") % year


@register.filter
def partnership_badge(record):
    """The status of the partnership with a city, or with the partner of an agreement, as a badge."""
    status = getattr(record, "partnership_status", None)
    return badge(status, PartnershipStatus(status).label) if status else ""


@register.filter
def status_badge(agreement):
    """The status of `agreement` as a badge."""
    return agreement_status(agreement.status)


@register.filter
def agreement_status(status):
    """The `status` of agreements, a code, as a badge."""
    # By itself, “not stated” would not tell what is not.
    is_stated = status != Agreement.Status.NOT_STATED
    return badge(status, Agreement.Status(status).label if is_stated else PartnershipStatus.NOT_STATED.label)


def badge(status, label):
    return format_html('<span class="status status-{}">{}</span>', status, label)


@register.filter
def options(offers):
    """The choices of a filter."""
    return format_html_join(
        "\n",
        '<option value="{}"{}{}>{}</option>',
        (
            (
                offer.value,
                format_html(' lang="{}"', offer.language) if offer.language else "",
                " selected" if offer.is_chosen else "",
                offer.label,
            )
            for offer in offers
        ),
    )


@register.filter
def partial_date(value):
    """A partial date for people and machines."""
    return format_html('<time datetime="{}">{}</time>', value, value.localized) if value else ""


@register.filter
def signed(agreement):
    """When `agreement` was signed, for people and machines."""
    if agreement.signed_on:
        return partial_date(agreement.signed_on)
    return format_html('<span class="unknown">{}</span>', _("date of signing not known"))


@register.filter
def day(instant):
    """The day of an instant, here, for people and machines."""
    return partial_date(PartialDate(localdate(instant).isoformat()))


@register.filter
def coordinates(city):
    """The position of `city` as text, "49.9818° N, 36.2548° E", or "" where it is unknown."""
    if city.latitude is None:
        return ""
    # Translators: the abbreviations of north, south, east and west after degrees.
    latitude = _("%s° N") if city.latitude >= 0 else _("%s° S")
    longitude = _("%s° E") if city.longitude >= 0 else _("%s° W")
    return f"{latitude % degrees(city.latitude)}, {longitude % degrees(city.longitude)}"


def degrees(value):
    return number_format(f"{abs(value).normalize():f}")


@register.filter
@stringfilter
def host(address):
    """What to show of a web `address`: without scheme and closing slash."""
    return address.partition("://")[2].rstrip("/")


@register.simple_tag(takes_context=True)
def section(context, view, name):
    """The link to a section of the site, marked on its pages."""
    address = reverse(view)
    mark = format_html(' aria-current="{}"', "true") if address in context["request"].path else ""
    return format_html('<a href="{}"{}>{}</a>', address, mark, name)


@register.simple_tag(takes_context=True)
def language_links(context):
    """The page in every language: code, name, locale, path with the filters, whether it is the active one."""
    path = context["request"].get_full_path()
    return [
        {
            "code": code,
            "name": name,
            "locale": LOCALES[code],
            "path": in_language(path, code),
            "is_active": code == get_language(),
        }
        for code, name in settings.LANGUAGES
    ]
