"""What the account in whose name a file is imported may not do."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..roles import may, standing


class Limits:
    """The permissions of `user` for records of `model`, which each row is held against."""

    def __init__(self, user, model):
        self.may = {verb: may(user, verb, model) for verb in ("add", "change", "publish")}

    def refusal(self, record, before):
        """The column and the reason why `record`, as a row makes or changes it, is not allowed; or None.

        `before` is what roles.standing said of it.
        """
        if record._state.adding and not self.may["add"]:
            return "", ValidationError(_("This account may not add records."))
        if not record._state.adding and not self.may["change"]:
            return "", ValidationError(_("This account may not change records."))
        if self.may["publish"] or standing(record) == before:
            return None
        if record.is_published != (before is not None):
            sentence = _("This account may neither publish nor withdraw records: write %(value)d here.")
            return "is_published", ValidationError(sentence % {"value": before is not None})
        return "city", ValidationError(
            _("This agreement is published: only who may publish moves it to another partner.")
        )
