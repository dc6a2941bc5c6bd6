from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDateField
from ..renewal import State
from .agreement import Agreement


class DigestSubscriptionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; administrators see all."""
        return self if user.has_perm("partners.change_digestsubscription") else self.filter(user=user)

    def active(self):
        """Those of staff with an e-mail address, in the order of the accounts."""
        staff = self.filter(user__is_active=True, user__is_staff=True).exclude(user__email="")
        return staff.select_related("user").order_by("user__username")


class DigestSubscription(models.Model):
    """Somebody's wish to be reminded by e-mail of deadlines for notice and of terms that have ended."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        related_name="digest_subscription",
        on_delete=models.CASCADE,
        limit_choices_to={"is_active": True, "is_staff": True},
        error_messages={"unique": _("This account is subscribed already.")},
        help_text=_("Reminders go to the e-mail address of the account."),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    created_at = models.DateTimeField(_("subscribed"), default=timezone.now, editable=False)

    objects = DigestSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription to reminders")
        verbose_name_plural = _("subscriptions to reminders")
        # Whoever may view agreements may be reminded of them; this is to look after all subscriptions.
        default_permissions = ("change",)

    def __str__(self):
        return str(self.user)

    def clean(self):
        if self.user_id and not self.user.email:
            raise ValidationError(
                _("The account has no e-mail address. An administrator can enter it."), code="no-address"
            )


class SentReminder(models.Model):
    """What somebody has been told already; with another date it would be told anew."""

    subscription = models.ForeignKey(
        DigestSubscription,
        verbose_name=_("subscription to reminders"),
        related_name="sent_reminders",
        on_delete=models.CASCADE,
    )
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), related_name="sent_reminders", on_delete=models.CASCADE
    )
    event = models.CharField(_("event"), max_length=20, choices=State)
    due_on = PartialDateField(_("date"))
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("sent reminder")
        verbose_name_plural = _("sent reminders")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("subscription", "agreement", "event", "due_on"), name="partners_sentreminder_unique"
            ),
        )

    def __str__(self):
        return f"{self.get_event_display()}, {self.due_on.localized}"
