"""Somebody has to be able to look after accounts: the last one who can is not taken away."""

from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SENTENCE = _(
    "Nobody would be left who may look after accounts. First give another active account the role "
    "Administrator, then try again."
)
OWN_SENTENCE = _(
    "You would no longer be able to look after accounts yourself, and could not take that back. Ask another "
    "administrator to do it."
)
LOOKING_AFTER = Permission.objects.filter(content_type__app_label="auth", codename="change_user")


def administrators(without_accounts=(), without_groups=()):
    """Who may look after accounts: superusers, and whoever may change accounts."""
    groups = Group.objects.filter(permissions__in=LOOKING_AFTER).exclude(pk__in=without_groups)
    by_group, by_account = Q(groups__in=groups), Q(user_permissions__in=LOOKING_AFTER)
    may = Q(is_superuser=True) | Q(pk__in=User.objects.filter(by_group | by_account).values("pk"))
    return User.objects.filter(may, is_active=True, is_staff=True).exclude(pk__in=without_accounts)


def would_be_missing(**without):
    """Whether nobody would be left without these accounts, or these groups.

    Two who each take the other's right at the same time wait for one another here.
    """
    if connection.in_atomic_block:
        list(administrators().order_by("pk").select_for_update().values_list("pk"))
    return administrators().exists() and not administrators(**without).exists()


def would_lock_out(user, **without):
    """Whether `user` looks after accounts, and would not without these accounts, or these groups."""
    return (
        administrators().filter(pk=user.pk).exists()
        and not administrators(**without).filter(pk=user.pk).exists()
    )


def problem_of_removing(user, **without):
    """Why `user` cannot take these accounts away, or these groups with what they permit; "" if they can."""
    if would_be_missing(**without):
        return SENTENCE
    return OWN_SENTENCE if would_lock_out(user, **without) else ""
