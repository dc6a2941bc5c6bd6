"""New and changed agreements as an Atom feed (RFC 4287), in the active language."""

from uuid import UUID, uuid5

from django.db.models import Min
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .fallbacks import fallback_language, only_in
from .models import Agreement, Page
from .recent_changes import recent_changes

NEWEST = 50  # entries; who looks in once a week misses nothing
ENTRIES = UUID("0d1c9c83-3a0f-4c3e-8a42-6f8f5b0c6a11")  # the namespace of their identifiers


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
    newest = list(newest.select_related("city").prefetch_related("fields"))
    changes, identifiers = recent_changes(newest), entry_ids(newest)
    for agreement in newest:
        written.add_item(
            title=agreement.title_with_status,
            link=absolute(agreement.get_absolute_url()),
            unique_id=identifiers[agreement.pk],
            updateddate=agreement.changed_at,
            description=summary(agreement, changes.get(agreement.pk, ())),
            categories=[agreement.city.country_name, *(field.name for field in agreement.fields.all())],
        )
    return written.writeString("utf-8")


def entry_ids(agreements):
    """The identifiers of the entries of `agreements` in the active language, by primary key.

    They follow from what stays as it is: the primary key, and the instant when the record was made, which
    keeps two registers apart. The key, the address and the host of a page may all change.
    """
    made = Agreement.history.filter(id__in=[each.pk for each in agreements], history_type="+").order_by()
    made_at = dict(made.values_list("id").annotate(Min("history_date")))
    return {
        each.pk: uuid5(ENTRIES, f"{get_language()} {each.pk} {instant(made_at.get(each.pk))}").urn
        for each in agreements
    }


def instant(at):
    """The instant `at` in a form that depends on no setting; "" for a record that was loaded."""
    return f"{at.timestamp():.6f}" if at else ""


def summary(agreement, changes):
    """What changed lately, the status, and the scope as HTML, marked where it is in the other language."""
    lines = [sentence(change) for change in changes]
    lines.append(_("Status: %(status)s") % {"status": agreement.get_status_display()})
    lines += agreement.scope_lines
    if language := fallback_language(agreement, "scope"):
        lines.append(f"({only_in(language)})")
    return "<br>".join(map(escape, lines))


def sentence(change):
    """What a Change says, with its day."""
    if change.is_new:
        return _("%(date)s: new in the register") % {"date": change.on.localized}
    return _("%(date)s, changed: %(names)s") % {
        "date": change.on.localized,
        "names": ", ".join(change.names),
    }
