"""Who may do what: the four roles of the department, each a group of accounts.

This table wins: every `manage.py migrate` gives the four groups just these permissions, so that those of a
later version reach them. Groups that an administrator has made are left alone.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The name of the group as it is stored, and what it is called in the language of the reader."""

    VIEWER = "Skatītājs", _("Viewer")
    EDITOR = "Redaktors", _("Editor")
    PUBLISHER = "Publicētājs", _("Publisher")
    ADMINISTRATOR = "Administrators", _("Administrator")


def permissions(verbs, models, app="partners"):
    return frozenset(f"{app}.{verb}_{model}" for verb in verbs.split() for model in models.split())


RECORDS = "city agreement cooperationfield"

VIEWING = permissions("view export", RECORDS) | permissions("view", "document page")
# A partner or an agreement that visitors can see is deleted only by who may publish: see admin/publishing.py.
EDITING = (
    VIEWING
    | permissions("add change delete import", RECORDS)
    | permissions("add change delete", "document")
    | permissions("view", "spreadsheetimport merge")
)
# Pages have no drafts: what is saved there is public at once.
PUBLISHING = (
    EDITING | permissions("publish", "city agreement document") | permissions("add change delete", "page")
)
# Accounts are made inactive rather than deleted: the history names them.
ADMINISTERING = (
    PUBLISHING
    | permissions("change", "digestsubscription")
    | permissions("view add delete", "secondfactorrequirement")
    | permissions("view add change", "user", "auth")
    | permissions("view add change delete", "group", "auth")
)

ROLES = {
    Role.VIEWER: VIEWING,
    Role.EDITOR: EDITING,
    Role.PUBLISHER: PUBLISHING,
    Role.ADMINISTRATOR: ADMINISTERING,
}


def may(user, verb, model):
    """Whether `user` may do what `verb` says to records of `model`.

    Nobody in particular, as on the command line, may do everything; everybody may do what has no permission
    of its own, as a field of cooperation has none to publish it.
    """
    opts = model._meta
    return (
        user is None
        or verb not in opts.default_permissions
        or user.has_perm(f"{opts.app_label}.{verb}_{opts.model_name}")
    )


def standing(record):
    """Whether `record` is marked as published, what it belongs to then and its file; publishers change these.

    With another partner, or another agreement, it would be seen where it was not, or no longer. `record` may
    be a row of its history, or None.
    """
    if not getattr(record, "is_published", False):
        return None
    owner = getattr(record, "city_id", None) or getattr(record, "agreement_id", None)
    return owner, str(getattr(record, "file", ""))


def is_shown(record):
    """Whether visitors see `record`, or would with a row of its history: what it belongs to is seen, too."""
    if not standing(record):
        return False
    for name, model in (("city", "City"), ("agreement", "Agreement")):
        if pk := getattr(record, f"{name}_id", None):
            return installed.get_model("partners", model).objects.published().filter(pk=pk).exists()
    return True


def keep_in_step(using, apps=installed, **kwargs):
    """Give each role its permissions; called after every migration, with the models as they are then."""
    if not has_roles(apps):
        return
    for label in ("auth", "partners"):
        # Django makes them at the same signal, those of accounts only later.
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    stored = apps.get_model("auth", "Permission").objects.using(using)
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in stored.values_list("pk", "content_type__app_label", "codename")
    }
    groups = apps.get_model("auth", "Group").objects.using(using)
    for role, needed in ROLES.items():
        group, _created = groups.get_or_create(name=role.value)
        group.permissions.set([known[name] for name in needed if name in known])


def has_roles(apps):
    """Whether the register of `apps`, which may be that of an earlier version, knows roles."""
    try:
        return "publish" in apps.get_model("partners", "City")._meta.default_permissions
    except LookupError:
        return False
