"""Guessing passwords is slow: failures lock the account that was tried, and the address they come from."""

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib import admin
from django.db.models import Max, Sum
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

ADDRESS_TO_ACCOUNT = 4  # colleagues share an address: it may fail so many times as often


class LoginThrottle(AxesDatabaseHandler):
    """Counts in the database, which all workers share. Names that are no account count alike."""

    def get_failures(self, request, credentials=None):
        return max(failures for failures, _last in self.weighed(request, credentials))

    def weighed(self, request, credentials):
        """The failures of the account and of the address, as an account is measured, and the last of each."""
        account, address = self.get_user_attempts(request, credentials)
        for attempts, weight in ((account, 1), (address, ADDRESS_TO_ACCOUNT)):
            failures = Sum("failures_since_start", default=0)
            found = attempts.aggregate(failures=failures, last=Max("attempt_time"))
            yield found["failures"] // weight, found["last"]

    def locked_until(self, request, credentials):
        limit = settings.AXES_FAILURE_LIMIT
        last = [last for failures, last in self.weighed(request, credentials) if failures >= limit]
        return max(last, default=timezone.now()) + settings.AXES_COOLOFF_TIME

    def reset_user_attempts(self, request, credentials=None):
        """Who logs in forgets the failures of that account, not those of others from the same address."""
        account, _address = self.filter_user_attempts(request, credentials)
        count, _models = account.delete()
        return count


def locked(request, response, credentials):
    """The answer to who has to wait."""
    until = LoginThrottle().locked_until(request, credentials)
    wait = max(1, round((until - timezone.now()).total_seconds()))
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Too many attempts"),
        "until": until,
        "minutes": -(-wait // 60),
    }
    answer = TemplateResponse(
        request, "admin/accounts/locked.html", context, status=429, headers={"Retry-After": wait}
    )
    return answer.render()
