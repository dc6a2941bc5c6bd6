from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SecondFactorRequirement(models.Model):
    """A group of accounts, each of which has to have a second factor.

    Superusers, who may do what any group may, have to as soon as any group has to.
    """

    group = models.OneToOneField(
        Group,
        verbose_name=_("role or group"),
        related_name="second_factor_requirement",
        on_delete=models.CASCADE,
        error_messages={"unique": _("This role or group has to have a second factor already.")},
        help_text=_(
            "Whoever has it, but no second factor, is led to set one up first of all. So are superusers."
        ),
    )
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("required second factor")
        verbose_name_plural = _("required second factors")
        default_permissions = ("view", "add", "delete")

    def __str__(self):
        return str(self.group)
