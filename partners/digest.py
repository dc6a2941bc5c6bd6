"""Reminders by e-mail of what happens to the terms of agreements, each once to everybody who wants them."""

from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from .models import Agreement, SentReminder
from .partial_dates import PartialDate
from .renewal import EVENTS, State, renewal


class Reminder(NamedTuple):
    """`renews_on` is the end of the term that runs, `renewed_on` that of the one before, as far as known."""

    agreement: Agreement
    event: State
    notice_by: PartialDate | None
    renews_on: PartialDate | None = None
    renewed_on: PartialDate | None = None

    @property
    def end_of_term(self):
        """That which the event is about: of what has run on, not the end of the first term."""
        end = self.renewed_on if self.event == State.RENEWED else self.renews_on
        return end or self.agreement.valid_until

    @property
    def due_on(self):
        is_ahead = self.event == State.NOTICE_DUE
        return (is_ahead and self.notice_by) or self.end_of_term

    @property
    def identity(self):
        return self.agreement.pk, self.event.value, self.due_on

    @property
    def url(self):
        return absolute("agreement", self.agreement)


def absolute(model, record):
    """The address of the page of the admin on which `record` is changed."""
    return settings.SITE_URL + reverse(f"admin:partners_{model}_change", args=[record.pk])


def reminders(today, ahead):
    """All that there is to tell on the date `today`, in the order of the events and of the dates."""
    return [
        reminder
        for event in EVENTS
        for reminder in sorted(
            (
                Reminder(agreement, event, *renewal(agreement, today, ahead)[1:])
                for agreement in Agreement.objects.in_state(event, today, ahead).select_related("city")
            ),
            key=lambda reminder: (reminder.end_of_term, reminder.agreement.slug),
        )
    ]


def unsent(subscription, candidates):
    """Those of the `candidates` that the subscriber has not been told yet."""
    told = set(subscription.sent_reminders.values_list("agreement", "event", "due_on"))
    return [reminder for reminder in candidates if reminder.identity not in told]


def message(subscription, news):
    """The mail that tells the subscriber the reminders `news`."""
    with override(subscription.language):
        sections = [(event, [each for each in news if each.event == event]) for event in EVENTS]
        context = {
            "language": subscription.language,
            "sections": [(event, within) for event, within in sections if within],
            "subscription_url": absolute("digestsubscription", subscription),
        }
        count = ngettext("%(count)d reminder", "%(count)d reminders", len(news)) % {"count": len(news)}
        mail = EmailMultiAlternatives(
            subject=f"{gettext('Register of partnerships')}: {count}",
            body=render_to_string("partners/mail/digest.txt", context),
            to=[subscription.user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("partners/mail/digest.html", context), "text/html")
        return mail


def send(subscription, news):
    """Tell the subscriber the reminders `news`, and remember it once the mail is on its way."""
    message(subscription, news).send()
    told = [
        SentReminder(
            subscription=subscription, agreement=each.agreement, event=each.event, due_on=each.due_on
        )
        for each in news
    ]
    SentReminder.objects.bulk_create(told, ignore_conflicts=True)  # another run may have been as fast
