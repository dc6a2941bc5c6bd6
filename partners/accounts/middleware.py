from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import sessions


class AccountMiddleware:
    """Whose login is over, or only half done, is nobody: to the admin, the history and all the rest.

    ``request.entering`` is the account whose password was right, and which still owes the second factor.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = SimpleLazyObject(lambda: admitted(request))
        request.entering = SimpleLazyObject(lambda: entering(request) or AnonymousUser())
        return self.get_response(request)


def admitted(request):
    user = get_user(request)
    if not user.is_authenticated or sessions.has_ended(request.session) or entering(request):
        return AnonymousUser()
    sessions.note_use(request.session)
    return user


def entering(request):
    user = get_user(request)
    if not user.is_authenticated or sessions.has_ended(request.session):
        return None
    if user.second_factor:
        verified = TOTPDevice(pk=user.second_factor).persistent_id
        return None if request.session.get(DEVICE_ID_SESSION_KEY) == verified else user
    return user if user.needs_second_factor else None
