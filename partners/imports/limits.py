"""What the account in whose name a file is imported may not do."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..roles import may


class Limits:
    """The permissions of `user` for records of `model`, which each row is held against."""

    def __init__(self, user, model):
        self.may = {verb: may(user, verb, model) for verb in ("add", "change", "publish")}

    def refusal(self, record, was_published):
        """The column and the reason why `record`, as a row makes or changes it, is not allowed; or None."""
        if record._state.adding and not self.may["add"]:
            return "", ValidationError(_("This account may not add records."))
        if not record._state.adding and not self.may["change"]:
            return "", ValidationError(_("This account may not change records."))
        if not self.may["publish"] and record.is_published != was_published:
            sentence = _("This account may neither publish nor withdraw records: write %(value)d here.")
            return "is_published", ValidationError(sentence % {"value": was_published})
        return None
