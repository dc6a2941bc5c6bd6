"""Which column of the register each heading of a file stands for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..resources.directory import nearest, plain

# Translators: the heading of a column in a spreadsheet of refused rows.
REASONS = gettext_noop("Why the row was refused")


def reasons_heading():
    return _(REASONS)


def recognised(resource, headings):
    """The column that each of `headings` stands for, None for one to be ignored; and what is wrong.

    What is wrong is a list of pairs: the heading and a sentence.
    """
    known = resource.headings()
    ignored = {plain(REASONS), plain(reasons_heading())}
    names, problems = [], []
    for heading in headings:
        name = known.get(plain(heading))
        if heading in resource.translated:
            sentence = _("Say which language it is: %(name)s_lv or %(name)s_en.") % {"name": heading}
            problems.append((heading, sentence))
            name = None
        elif name and name in names:
            problems.append((heading, _("The column appears twice. Remove one of the two.")))
            name = None
        elif not name and plain(heading) not in ignored:
            columns = ", ".join(column.column_name for column in resource.columns)
            sentence = _("The column is unknown.") + nearest(heading, known)
            sentence += " " + _("The columns of this spreadsheet are: %(known)s.") % {"known": columns}
            problems.append((heading, sentence))
        names.append(name)
    for hint in resource.hints:
        if hint in names and not set(resource.identity) & set(names):
            problems.append((headings[names.index(hint)], _("The column says nothing without the partner.")))
    if "slug" not in names and not set(resource.identity) & set(names):
        sentence = _("The column is missing: it says which record a row is about.")
        problems.append(("slug", sentence))
    return names, problems
