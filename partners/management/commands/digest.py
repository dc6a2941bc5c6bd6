from argparse import ArgumentTypeError
from datetime import date

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from partners.digest import reminders, send, unsent
from partners.models import DigestSubscription


def day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date; write YYYY-MM-DD") from None


class Command(BaseCommand):
    help = (
        "Mails reminders of deadlines for notice and of ended terms to those who have subscribed to them. "
        "Each is sent once. Exit codes: 0 done, 1 a mail could not be sent, 2 wrong use."
    )

    def add_arguments(self, parser):
        parser.add_argument("--date", type=day, help="the day to reckon from, instead of today")

    def handle(self, *, date, **options):
        if not settings.SENDS_EMAIL:
            raise CommandError("Set EMAIL_URL to the mail server; see README.md.", returncode=2)
        candidates = reminders(date or timezone.localdate(), settings.NOTICE_AHEAD_MONTHS)
        sent = failed = 0
        for subscription in DigestSubscription.objects.active():
            if not subscription.user.has_perm("partners.view_agreement"):
                continue
            if news := unsent(subscription, candidates):
                try:
                    send(subscription, news)
                except (OSError, ValueError) as error:  # what the mail server, or an address, may lead to
                    self.stderr.write(f"{subscription.user.email!r}: {error}")
                    failed += 1
                else:
                    sent += 1
        self.stdout.write(f"sent: {sent}, failed: {failed}")
        if failed:
            raise CommandError("What could not be sent is tried again at the next run.")
