"""Accounts and groups: nobody gives more than he holds, and permissions are told in the reader's language."""

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.forms.widgets import Script
from django.utils.html import format_html_join
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..roles import Role

VERBS = {
    "view": pgettext_lazy("permission", "view"),
    "add": pgettext_lazy("permission", "add"),
    "change": pgettext_lazy("permission", "change"),
    "delete": pgettext_lazy("permission", "delete"),
    "export": pgettext_lazy("permission", "export"),
    "import": pgettext_lazy("permission", "import"),
    "publish": pgettext_lazy("permission", "publish"),
}


def named_permission(permission):
    """What Django stores as "Can add agreement", in the active language."""
    verb, _mark, model = permission.codename.partition("_")
    opts = apps.get_model(permission.content_type.app_label, model)._meta
    return f"{capfirst(str(opts.verbose_name_plural))}: {VERBS[verb]}"


def named_group(group):
    return Role(group.name).label if is_role(group) else group.name


def is_role(group):
    return group.name in Role.values


def held_by(user):
    """The permissions of the account `user`, be it active or not."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=user) | Q(group__user=user))


class GrantingAdmin:
    """Mixed into the admin of what holds permissions: an account, or a group of accounts.

    Who holds more than the officer does is only looked at: whoever could change him could become him.
    """

    readonly_fields = ("groups_shown", "permissions_shown")

    class Media:
        js = [Script("partners/admin.js", type="module")]

    def held(self, obj):
        """The permissions that `obj` holds in whatever way."""
        raise NotImplementedError

    def may_touch(self, request, obj):
        beyond = self.held(obj).exclude(pk__in=held_by(request.user).values("pk"))
        return request.user.is_superuser or not beyond.exists()

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (not obj or self.may_touch(request, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (not obj or self.may_touch(request, obj))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        formfield = super().formfield_for_manytomany(db_field, request, **kwargs)
        held = held_by(request.user).values("pk")
        if db_field.related_model is Permission:
            formfield.queryset = self.offered().filter(pk__in=held)
            formfield.label_from_instance = named_permission
        else:
            beyond = Permission.objects.exclude(pk__in=held)
            formfield.queryset = formfield.queryset.exclude(permissions__in=beyond)
            formfield.label_from_instance = named_group
        return formfield

    def offered(self):
        """The permissions that mean something: those for what the admin shows."""
        shown = ContentType.objects.get_for_models(*self.admin_site._registry).values()
        return Permission.objects.filter(content_type__in=shown).select_related("content_type")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        # Django would show what it stores in English, and offer to reset a password.
        shown = {
            "groups": "groups_shown",
            "permissions": "permissions_shown",
            "user_permissions": "permissions_shown",
            "password": None,
        }
        return [
            (
                title,
                {
                    **options,
                    "fields": list(filter(None, (shown.get(name, name) for name in options["fields"]))),
                },
            )
            for title, options in fieldsets
        ]

    @admin.display(description=_("permissions"))
    def permissions_shown(self, obj):
        own = obj.permissions if isinstance(obj, Group) else obj.user_permissions
        return self.listed(map(named_permission, self.offered().filter(pk__in=own.values("pk"))))

    @admin.display(description=_("groups"))
    def groups_shown(self, obj):
        return self.listed(map(named_group, obj.groups.all()))

    def listed(self, names):
        lines = ((name,) for name in sorted(names))
        return format_html_join("", "<div>{}</div>", lines) or self.get_empty_value_display()


class PasswordForm(AdminPasswordChangeForm):
    # Django writes the warning into its help in English.
    usable_password_help_text = format_lazy(
        '{}<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        AdminUserCreationForm.usable_password_help_text,
        _("If disabled, the current password for this user will be lost."),
    )


admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(GrantingAdmin, auth_admin.UserAdmin):
    change_password_form = PasswordForm

    def held(self, obj):
        return held_by(obj)

    def may_touch(self, request, obj):
        return super().may_touch(request, obj) and (request.user.is_superuser or not obj.is_superuser)

    def get_readonly_fields(self, request, obj=None):
        fields = (*super().get_readonly_fields(request, obj), "last_login", "date_joined")  # nobody's to set
        return fields if request.user.is_superuser else (*fields, "is_superuser")


@admin.register(Group)
class GroupAdmin(GrantingAdmin, auth_admin.GroupAdmin):
    list_display = ("group_name",)
    fields = ("name", "permissions")

    def held(self, obj):
        return obj.permissions.all()

    def may_touch(self, request, obj):
        return super().may_touch(request, obj) and not is_role(obj)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj and is_role(obj):
            [(title, options)] = fieldsets
            description = _("A role of the register. For other permissions, make a group of your own.")
            return [(title, {**options, "description": description})]
        return fieldsets

    @admin.display(description=_("name"), ordering="name")
    def group_name(self, group):
        return named_group(group)
