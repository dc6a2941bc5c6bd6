"""How long a login lasts, and what becomes of a form that is sent after it has ended."""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models.signals import post_save
from django.dispatch import receiver
from django_otp import DEVICE_ID_SESSION_KEY

from .unlocking import UNLOCKED

BEGAN, SEEN, TYPED = "began_at", "seen_at", "typed"
NOTED_EVERY = 60  # seconds: looking at pages need not write each time


@receiver(user_logged_in)
def begin(request, **kwargs):
    # Whoever logs in again in the session that has ended keeps it: the code is asked again all the same.
    request.session.pop(DEVICE_ID_SESSION_KEY, None)
    request.session.pop(UNLOCKED, None)
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


@receiver(post_save, sender=User)
def end_all(instance, **kwargs):
    """Whoever may not log in any more is not let in by an old login either, should that change again."""
    if instance.is_active and instance.is_staff:
        return
    for session in Session.objects.all():
        if session.get_decoded().get(SESSION_KEY) == str(instance.pk):
            session.delete()


def has_ended(session):
    """Whether the login is over. The session stays for a while: it still knows whose it was."""
    now = time.time()
    is_idle = now - session.get(SEEN, 0) > settings.SESSION_IDLE_SECONDS
    return is_idle or now - session.get(BEGAN, 0) > settings.SESSION_MAX_SECONDS


def note_use(session):
    now = int(time.time())
    if now - session[SEEN] >= min(NOTED_EVERY, settings.SESSION_IDLE_SECONDS / 2):
        session[SEEN] = now


def typed(request):
    """What a form sends, but for passwords and for the token, as pairs of a name and its values."""
    return [
        (name, values)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]


def keep_typed(request):
    """Keep what a form sends from somebody whose login has ended; return whether there was anything.

    It stays in the session, on the server: logging in with another account empties it. Files and passwords
    are not kept. That it comes from a page of ours has been verified before.
    """
    fields = typed(request)
    if SESSION_KEY not in request.session or not fields:
        return False
    request.session[TYPED] = {
        "path": request.get_full_path(),
        "fields": fields,
        "had_files": bool(request.FILES),
    }
    return True


def forget_typed(request):
    """What was kept has been sent again."""
    if request.session.get(TYPED, {}).get("path") == request.get_full_path():
        del request.session[TYPED]
