"""Tells the audit what happens to accounts, whichever way it comes about."""

from axes.signals import user_locked_out
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver

from ..models import SecondFactorRequirement
from .audit import named, note

RIGHTS = ("username", "is_active", "is_staff", "is_superuser")
ADDED, REMOVED = "post_add", "post_remove"


def known(username):
    """The account that is called so; what else was typed is not written down."""
    return User.objects.filter(username=username).first() if username else None


@receiver(user_logged_in)
def logged_in(user, **kwargs):
    note("login", by=user)


@receiver(user_login_failed)
def login_failed(credentials, request=None, **kwargs):
    if not getattr(request, "axes_locked_out", False):
        note("login_failed", by=known(credentials.get("username")))


@receiver(user_locked_out)
def locked_out(username, **kwargs):
    note("login_locked", by=known(username))


@receiver(user_logged_out)
def logged_out(user, **kwargs):
    if user:
        note("logout", by=user)


@receiver(pre_save, sender=User)
def before_account_is_saved(instance, raw=False, update_fields=None, **kwargs):
    is_login = update_fields is not None and set(update_fields) == {"last_login"}
    instance.rights_before = None
    if instance.pk and not raw and not is_login:
        instance.rights_before = User.objects.filter(pk=instance.pk).first()


@receiver(post_save, sender=User)
def account_saved(instance, created, raw=False, **kwargs):
    if raw:
        return
    before = instance.rights_before
    if created:
        note("account_added", of=named(instance))
    if before:
        changed = {
            name: getattr(instance, name)
            for name in RIGHTS
            if getattr(instance, name) != getattr(before, name)
        }
        if changed:
            note("account_changed", of=named(instance), changed=changed)
    # Set only while a password that somebody chose is being saved, not where its hash is renewed
    is_chosen = instance._password is not None
    is_taken_away = before and before.has_usable_password() and not instance.has_usable_password()
    if is_chosen or is_taken_away:
        note("password_changed", of=named(instance))


@receiver(post_delete, sender=User)
def account_deleted(instance, **kwargs):
    note("account_deleted", of=named(instance))


@receiver(post_save, sender=Group)
def group_saved(instance, created, raw=False, **kwargs):
    if created and not raw:
        note("group_added", group=instance.name)


@receiver(post_delete, sender=Group)
def group_deleted(instance, **kwargs):
    note("group_deleted", group=instance.name)


@receiver(post_save, sender=SecondFactorRequirement)
def second_factor_required(instance, created, raw=False, **kwargs):
    if created and not raw:
        note("second_factor_required", group=instance.group.name)


@receiver(post_delete, sender=SecondFactorRequirement)
def second_factor_required_no_longer(instance, **kwargs):
    note("second_factor_required_no_longer", group=instance.group.name)


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def granted(instance, action, model, pk_set, reverse, **kwargs):
    """Which groups or permissions were given or taken; all of them, where `pk_set` is None."""
    if action not in (ADDED, REMOVED, "pre_clear") or pk_set == set():
        return
    holder = {"group": instance.name} if isinstance(instance, Group) else {"of": named(instance)}
    kind = {Group: "groups", Permission: "permissions", User: "accounts"}[model]
    given = model.objects.filter(pk__in=pk_set) if pk_set is not None else model.objects.none()
    names = sorted(str(getattr(one, "codename", None) or getattr(one, "name", None) or one) for one in given)
    note(f"{kind}_{'added' if action == ADDED else 'removed'}", **holder, names=names or "all")
