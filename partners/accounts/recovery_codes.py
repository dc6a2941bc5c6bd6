"""Recovery codes as the database keeps them: nobody can read one there, nor in a backup."""

from base64 import b32encode

from django.conf import settings
from django.utils.crypto import salted_hmac

LENGTH = 16  # characters: 80 bits, and as much as django-otp has room for


def kept(code, owner, secret=None):
    """What to keep of a `code` of the account with the key `owner`: none is made without the secret key."""
    digest = salted_hmac(
        "partners.accounts.recovery_codes", f"{owner}:{code}", secret, algorithm="sha256"
    ).digest()
    return b32encode(digest).decode()[:LENGTH]


def ever_kept(code, owner):
    """The same, and what was kept of it while an earlier secret key was in use."""
    return [kept(code, owner, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
