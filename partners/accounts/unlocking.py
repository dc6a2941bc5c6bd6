"""The way back in for the owner of a login that is locked: a recovery code, or a link by mail.

Either lets one session try again at once, whatever others have done to the account or from the address; it
opens nothing without the password. Requests stand beside the failures that they are about: in the database,
for all workers, and for a day at most.
"""

import logging
from datetime import datetime, timedelta
from threading import Thread

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import Count, Max
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from . import second_factor
from .addresses import throttled_address
from .audit import note

logger = logging.getLogger(__name__)

UNLOCKED = "unlocked"  # in the session: the name that may be tried again
LINK_VALID = timedelta(hours=1)
SALT = "partners.accounts.unlocking"
# What stands in the log of failures instead of a path: somebody tried to unlock, or asked for a link.
ATTEMPT, LINK = KINDS = ("unlock:attempt", "unlock:link")
ATTEMPTS = 20  # from one address within the time of a lock


def is_unlocked(request: HttpRequest, username: str) -> bool:
    """Whether the session of `request` may try the account again."""
    session = getattr(request, "session", {})  # one that no middleware has seen has none
    return bool(username) and session.get(UNLOCKED) == username


def forget_failures(username: str, address: str | None) -> int:
    """Forget how often the account failed at the address; return of how many browsers."""
    count, _models = AccessAttempt.objects.filter(username=username, ip_address=address).delete()
    AccessFailureLog.objects.filter(username=username, ip_address=address).delete()
    return count


def blocked_until(request: HttpRequest) -> datetime | None:
    """Until when the address of `request` may not try to unlock anything, after too many attempts."""
    lock = settings.AXES_COOLOFF_TIME
    attempts = AccessFailureLog.objects.filter(
        path_info=ATTEMPT, ip_address=throttled_address(request), attempt_time__gt=timezone.now() - lock
    )
    found = attempts.aggregate(count=Count("pk"), last=Max("attempt_time"))
    return found["last"] + lock if found["count"] >= ATTEMPTS else None


def owner_of(username: str) -> User | None:
    """The account that is called `username` and could log in."""
    return User.objects.filter(username=username, is_active=True, is_staff=True).first()


def unlock_with_code(request: HttpRequest, username: str, code: str) -> bool:
    """Whether `code` is a recovery code of the account, which is spent and lets the session try again."""
    record(request, username, ATTEMPT)
    user = owner_of(username)
    if not (user and second_factor.spend_recovery_code(user, code)):
        note("login_unlock_failed", by=user)
        return False
    unlock(request, user, "recovery")
    return True


def request_link(request: HttpRequest, username: str) -> None:
    """Mail the account a link that unlocks it; as long as that is valid, no second one.

    Nothing tells whether there is an account: each name costs the same, and the mail is sent meanwhile.
    """
    record(request, username, ATTEMPT)
    links = AccessFailureLog.objects.filter(path_info=LINK, username=username)
    if links.filter(attempt_time__gt=timezone.now() - LINK_VALID).exists():
        return
    link = record(request, username, LINK)
    user = owner_of(username)
    if user and user.email:
        note("login_unlock_requested", by=user)
        Thread(target=send, args=(message(user, link.pk),), name="unlock-mail").start()


def message(user: User, pk: int) -> EmailMessage:
    address = reverse("admin:unlock_link", args=[signing.dumps(pk, salt=SALT)])
    context = {"username": user.get_username(), "site": settings.SITE_URL, "url": settings.SITE_URL + address}
    return EmailMessage(
        subject=gettext("Unlock your login"),
        body=render_to_string("partners/mail/unlock.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except (OSError, ValueError):  # what the mail server, or an address, may lead to
        logger.exception("A link that unlocks a login cannot be mailed")


def link_of(token: str) -> AccessFailureLog | None:
    """The link with `token`, as long as it is valid and has not been used."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LINK_VALID)
    except signing.BadSignature:
        return None
    return AccessFailureLog.objects.filter(pk=pk, path_info=LINK).first()


def owner_of_link(token: str) -> User | None:
    link = link_of(token)
    return owner_of(link.username) if link else None


def unlock_with_link(request: HttpRequest, token: str) -> bool:
    """Whether the link with `token` is good, which is spent and lets the session try again."""
    link = link_of(token)
    user = link and owner_of(link.username)
    # Two who use it at once: one deletes it.
    if not user or not AccessFailureLog.objects.filter(pk=link.pk).delete()[0]:
        return False
    unlock(request, user, "mail")
    return True


def unlock(request: HttpRequest, user: User, how: str) -> None:
    forget_failures(user.get_username(), throttled_address(request))
    request.session[UNLOCKED] = user.get_username()
    note("login_unlocked", by=user, how=how)


def record(request: HttpRequest, username: str, kind: str) -> AccessFailureLog:
    return AccessFailureLog.objects.create(
        username=username, ip_address=throttled_address(request), path_info=kind
    )
