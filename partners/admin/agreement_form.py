"""The forms of agreements: they ask before they save the same agreement a second time."""

from collections import Counter

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ..duplicates import same_agreements
from .conflicts import UpToDateForm
from .error_markup import ErrorMarkup
from .record_form import RecordForm

IDENTIFYING = {"city", "kind", "signed_on"}


class AskingFormMixin:
    @property
    def is_identified_anew(self):
        """Whether what tells the agreement from others was written into the form, which has no errors."""
        if not self.is_valid() or self.is_gone:
            return False
        return bool(IDENTIFYING & set(self.changed_data)) if self.instance.pk else self.has_changed()

    def ask_about(self, agreements, in_page=0):
        """Refuse the form unless it was confirmed that it is about another one than these `agreements`.

        `in_page` is how many new lines of the page are about the same. A further one is asked about again.
        """
        name = self.add_prefix("is_another")
        known = f"{'-'.join(str(agreement.pk) for agreement in agreements)}+{in_page}"
        if (agreements or in_page) and self.data.get(name) != known:
            anchor = self.add_prefix("same-agreement")
            context = {"agreements": agreements, "name": name, "known": known, "anchor": anchor}
            markup = render_to_string("admin/partners/_same_agreement.html", context)
            summary = _("There is an agreement of this kind and date already: say whether this is another.")
            self.add_error(None, ErrorMarkup.of(markup, summary, anchor))


class AgreementForm(AskingFormMixin, RecordForm):
    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.is_identified_anew:
            self.ask_about(same_agreements(self.instance))


class AgreementLineForm(AskingFormMixin, UpToDateForm):
    """One of several in the page of their partner, which asks."""


class AskingFormSetMixin:
    def clean(self):
        super().clean()
        written = Counter()
        for form in self.forms:
            if form.is_identified_anew and not self._should_delete_form(form):
                identity = form.instance.kind, form.instance.signed_on
                form.ask_about(same_agreements(form.instance), written[identity])
                written[identity] += 1
