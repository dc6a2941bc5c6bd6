"""Which column of the register each heading of a file stands for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from ..resources.directory import nearest, plain

# Translators: the heading of a column in a spreadsheet of refused rows.
REASONS = gettext_noop("Why the row was refused")


def reasons_heading():
    return _(REASONS)


def recognised(resource, headings):
    """The column that each of `headings` stands for, None for one that is not read; and what is wrong.

    What is wrong is a list of pairs: the heading and a sentence.
    """
    known = resource.headings()
    labels = [resource.label(column.column_name) for column in resource.columns]
    expected = _("The columns of this spreadsheet are: %(known)s.") % {"known": ", ".join(labels)}
    names, problems = [], []
    for heading in headings:
        name = known.get(as_known(heading))
        if heading in resource.translated:
            sentence = _("Say which language it is: %(name)s_lv or %(name)s_en.") % {"name": heading}
            problems.append((heading, sentence))
            name = None
        elif name and name in names:
            problems.append((heading, _("The column appears twice. Remove one of the two.")))
            name = None
        elif not name and as_known(heading) not in not_read():
            sentence = _("The column is unknown: rename or delete it.") + nearest(heading, [*labels, *known])
            problems.append((heading, f"{sentence} {expected}"))
        names.append(name)
    if not any(names):
        sentence = _(
            "No heading is known. The headings stand in the first row: delete titles above them, "
            "and give the columns the names of this spreadsheet."
        )
        return names, [(headings[0], f"{sentence} {expected}")]
    has_identity = bool(set(resource.identity) & set(names))
    for hint in resource.hints:
        if hint in names and not has_identity:
            problems.append((headings[names.index(hint)], _("The column says nothing without the partner.")))
    if "slug" not in names and not has_identity:
        sentence = _("One of these columns is missing: %(names)s. It says which record a row is about.")
        needed = ", ".join(map(resource.label, ("slug", *resource.identity)))
        problems.append((resource.label("slug"), sentence % {"names": needed}))
    return names, problems


def as_known(heading):
    """The heading without what people put behind it."""
    return plain(heading).rstrip(" .:*")


def not_read():
    """Headings of columns that the register writes for people, lists of files, or what counts the rows."""
    reasons = []
    for language in ("lv", "en"):
        with override(language):
            reasons.append(plain(reasons_heading()))
    names = (f"{what}_name_{language}" for what in ("partner", "country") for language in ("lv", "en"))
    written = ("documents", "partnership_status", *names)
    return {*reasons, *written, "nr", "nr. p. k", "nr.p.k", "n. p. k", "n.p.k", "npk", "no", "#", "№"}
