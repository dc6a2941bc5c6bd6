"""Guessing passwords is slow: for an account at one address, for an address, and for the account as a whole.

An account is locked only at the address from which it was tried, so that nobody locks out its owner, who is
elsewhere. Whoever tries one account from ever more addresses has to wait longer and longer; an address from
which the account has logged in before is spared that wait.
"""

from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Max, Sum
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import unlocking
from .waiting import moment

# Colleagues share an address, and an account is used at several: each may fail so many times as often.
SHARED_FACTOR = 4
SLOWED_FOR = timedelta(days=1)  # after which the failures of an account are forgotten
KNOWN_FOR = timedelta(days=90)  # after which an address that has not been logged in from is a stranger


class LoginThrottle(AxesDatabaseHandler):
    """Counts in the database, which all workers share. Names that are no account count alike."""

    def is_locked(self, request, credentials=None):
        return self.locked_until(request, credentials) is not None

    def locked_until(self, request, credentials=None):
        """When the next attempt is accepted, or None if one is now."""
        username = get_client_username(request, credentials)
        ends = [
            last + settings.AXES_COOLOFF_TIME
            for failures, last in self.weighted_failures(request, credentials)
            if failures >= settings.AXES_FAILURE_LIMIT
        ]
        if not unlocking.is_unlocked(request, username) and not self.is_known(request, username):
            ends.append(slowed_until(username))
        return max((end for end in ends if end and end > timezone.now()), default=None)

    def get_failures(self, request, credentials=None):
        return max(failures for failures, _last in self.weighted_failures(request, credentials))

    def weighted_failures(self, request, credentials):
        """The failures of the account at the address, and those of the address; the last of each."""
        here, address = self.get_user_attempts(request, credentials)
        weights = [(here, 1), (address, SHARED_FACTOR)]
        if unlocking.is_unlocked(request, get_client_username(request, credentials)):
            weights.pop()
        for attempts, weight in weights:
            failures = Sum("failures_since_start", default=0)
            found = attempts.aggregate(failures=failures, last=Max("attempt_time"))
            yield found["failures"] // weight, found["last"]

    def is_known(self, request, username):
        """Whether the account has logged in from the address before."""
        address = request.axes_ip_address
        return bool(address) and AccessLog.objects.filter(username=username, ip_address=address).exists()

    def user_logged_in(self, sender, request, user, **kwargs):
        super().user_logged_in(sender, request, user, **kwargs)
        if address := request.axes_ip_address:
            known = AccessLog.objects.filter(username=user.get_username(), ip_address=address)
            if not known.update(attempt_time=timezone.now()):
                AccessLog.objects.create(username=user.get_username(), ip_address=address)

    def reset_user_attempts(self, request, credentials=None):
        """Who logs in forgets the failures of that account at that address, and no others."""
        return unlocking.forget_failures(get_client_username(request, credentials), request.axes_ip_address)

    def reset_attempts(self, *, ip_address=None, username=None, ip_or_username=False):
        count = super().reset_attempts(
            ip_address=ip_address, username=username, ip_or_username=ip_or_username
        )
        given = {"ip_address": ip_address, "username": username}
        AccessFailureLog.objects.filter(**{name: value for name, value in given.items() if value}).delete()
        return count

    def clean_expired_user_attempts(self, request=None, credentials=None):
        for model, age in ((AccessFailureLog, SLOWED_FOR), (AccessLog, KNOWN_FOR)):
            model.objects.filter(attempt_time__lt=timezone.now() - age).delete()
        return super().clean_expired_user_attempts(request, credentials)


def slowed_until(username):
    """Until when the account is tried from no strange address, if it has failed too often from wherever.

    The wait doubles with each failure, from a second up to the length of a lock.
    """
    failures = AccessFailureLog.objects.filter(
        username=username, attempt_time__gte=timezone.now() - SLOWED_FOR
    ).exclude(path_info__in=unlocking.KINDS)
    found = failures.aggregate(count=Count("pk"), last=Max("attempt_time"))
    excess = found["count"] - SHARED_FACTOR * settings.AXES_FAILURE_LIMIT
    if excess < 0:
        return None
    wait = timedelta(seconds=2 ** min(excess, 30))
    return found["last"] + min(wait, settings.AXES_COOLOFF_TIME)


def locked(request, response, credentials):
    """The answer to who has to wait."""
    return wait_page(request, LoginThrottle().locked_until(request, credentials) or timezone.now())


def wait_page(request, until):
    wait = max(1, round((until - timezone.now()).total_seconds()))
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Too many attempts"),
        "until": moment(until),
        "minutes": -(-wait // 60),
    }
    answer = TemplateResponse(
        request, "admin/accounts/locked.html", context, status=429, headers={"Retry-After": wait}
    )
    return answer.render()
