"""The second factor: a code from an app on the telephone, or one of ten recovery codes, each good once."""

import re

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from ..models import SecondFactorRequirement
from .audit import named, note
from .recovery_codes import ever_kept, kept

RECOVERY_CODES = 10
WRONG_CODES_WITHOUT_WAIT = 3
APP_CODE = re.compile("[0-9]{6}")


APPS = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True).order_by("pk")
REQUIRED = SecondFactorRequirement.objects
# What is asked together with an account: which second factor it has, and whether it has to have one
ANNOTATIONS = {
    "second_factor": Subquery(APPS.values("pk")[:1]),
    "needs_second_factor": Q(Exists(REQUIRED.filter(group__user=OuterRef("pk"))))
    | Q(is_superuser=True) & Q(Exists(REQUIRED.all())),
}


def app_of(user, confirmed=True):
    return TOTPDevice.objects.filter(user=user, confirmed=confirmed).first()


def begin(user):
    """A new secret, which counts once a code of it has been entered."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    TOTPDevice.objects.create(user=user, name="", confirmed=False)


def confirm(user):
    """Take the app that has just been verified as the second factor, and make recovery codes."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).update(confirmed=True)
        codes = new_recovery_codes(user)
        note("second_factor_on", by=user)
    return codes


def new_recovery_codes(user):
    """Ten codes; those from before are worth nothing any more."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="")
        codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=kept(code, user.pk)) for code in codes
        )
        note("recovery_codes_made", by=user)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(user):
    return StaticToken.objects.filter(device__user=user).count()


def remove(user, by=None):
    with transaction.atomic():
        for model in (TOTPDevice, StaticDevice):
            model.objects.filter(user=user).delete()
        if by:
            note("second_factor_reset", by=by, of=named(user))
        else:
            note("second_factor_off", by=user)


def device_for(user, code):
    """What `code` would have to come from."""
    if APP_CODE.fullmatch(code):
        return app_of(user) or app_of(user, confirmed=False)
    return StaticDevice.objects.filter(user=user).first()


def known_token(user, code):
    """What the database has of the recovery `code`, or "" if it knows none such."""
    tokens = StaticToken.objects.filter(device__user=user, token__in=ever_kept(code, user.pk))
    return tokens.values_list("token", flat=True).first() or ""


def normalized(typed):
    """A code as its maker wrote it, however it was typed."""
    return re.sub(r"[\s-]", "", typed).lower()


def spend_recovery_code(user, typed):
    """Whether `typed` is a recovery code of `user`; it is good no more."""
    known = ever_kept(normalized(typed), user.pk)
    count, _models = StaticToken.objects.filter(device__user=user, token__in=known).delete()
    return count > 0


@transaction.atomic
def verify(user, typed):
    """Whether `typed` is a code of `user`, and until when none is accepted after too many wrong ones."""
    code = normalized(typed)
    device = device_for(user, code)
    if device:
        # Read again and kept from others: each wrong code counts, and a right one is good once.
        device = type(device).objects.select_for_update().filter(pk=device.pk).first()
    if device:
        # django-otp makes one wait after the first wrong code already; anybody mistypes one.
        device.throttling_enabled = device.throttling_failure_count >= WRONG_CODES_WITHOUT_WAIT
        _is_allowed, refusal = device.verify_is_allowed()
        if refusal:
            return False, refusal["locked_until"]
    how = "app" if APP_CODE.fullmatch(code) else "recovery"
    token = code if how == "app" else known_token(user, code)
    is_right = bool(device and device.verify_token(token))
    note("second_factor_used" if is_right else "second_factor_failed", by=user, how=how)
    return is_right, None
