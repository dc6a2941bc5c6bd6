"""Accounts and groups: nobody gives more than he holds, and permissions are told in the reader's language."""

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.forms.widgets import Script
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static import admin as static_admin
from django_otp.plugins.otp_totp import admin as totp_admin

from ..accounts import second_factor
from ..accounts.administrators import (
    LOOKING_AFTER,
    OWN_SENTENCE,
    SENTENCE,
    problem_of_removing,
    would_be_missing,
)
from ..accounts.backend import has_role
from ..models import SecondFactorRequirement
from ..roles import Role
from .deletions import DeletedObjectsAdmin
from .forms import RecordsField
from .saving import SavedOnceMixin

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


class GrantingAdmin(SavedOnceMixin, DeletedObjectsAdmin):
    """Mixed into the admin of what holds permissions: an account, or a group of accounts.

    Who holds more than the officer does is only looked at: whoever could change him could become him.
    """

    readonly_fields = ("groups_shown", "permissions_shown")

    class Media:
        js = [Script("partners/admin.js", type="module")]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

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

    def changelist_view(self, request, extra_context=None):
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        with transaction.atomic():
            return super().changelist_view(request, extra_context)

    def get_deleted_objects(self, objs, request):
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        kind = "without_groups" if self.model is Group else "without_accounts"
        if problem := problem_of_removing(request.user, **{kind: [obj.pk for obj in objs]}):
            protected = [*protected, problem]
        return to_delete, counts, lacking, protected

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        formfield = super().formfield_for_manytomany(db_field, request, form_class=RecordsField, **kwargs)
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
        }
        return [
            (
                title,
                {
                    **options,
                    "fields": [shown.get(name, name) for name in options["fields"] if name != "password"],
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


class AccountForm(UserChangeForm):
    reset_second_factor = forms.BooleanField(
        label=_("Take the second factor away"),
        required=False,
        help_text=_(
            "For a colleague who has lost the telephone and the recovery codes. Make sure who is asking. "
            "The next login needs the password only, or begins with setting up a new one."
        ),
    )

    def clean(self):
        cleaned = super().clean()
        if not self.looks_after_accounts():
            if would_be_missing(without_accounts=[self.instance.pk]):
                raise forms.ValidationError(SENTENCE)
            if self.instance == self.editor:
                raise forms.ValidationError(OWN_SENTENCE)
        return cleaned

    def looks_after_accounts(self):
        """Whether the account, as the form would have it, could."""
        held = {
            name: self.cleaned_data.get(name, getattr(self.instance, name))
            for name in ("is_active", "is_staff", "is_superuser")
        }
        if not (held["is_active"] and held["is_staff"]):
            return False
        own, groups = (self.cleaned_data.get(name, ()) for name in ("user_permissions", "groups"))
        given = Q(pk__in=[one.pk for one in own]) | Q(group__in=groups)
        return held["is_superuser"] or LOOKING_AFTER.filter(given).exists()


class GroupForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        held = cleaned.get("permissions", Permission.objects.none())
        if (LOOKING_AFTER & held).exists():
            return cleaned
        if problem := problem_of_removing(self.editor, without_groups=[self.instance.pk]):
            raise forms.ValidationError(problem)
        return cleaned


admin.site.unregister([User, Group])
# Imported above, so that they do not come back: secrets are nobody's to look at.
admin.site.unregister([static_admin.StaticDevice, totp_admin.TOTPDevice])


@admin.register(User)
class UserAdmin(GrantingAdmin, auth_admin.UserAdmin):
    form = AccountForm
    change_password_form = PasswordForm
    list_display = (
        "username",
        "role",
        "is_active",
        "last_login",
        "has_second_factor",
        "first_name",
        "last_name",
        "email",
    )
    empty_value_display = "–"

    def get_queryset(self, request):
        shown = super().get_queryset(request).prefetch_related("groups")
        return shown.annotate(**second_factor.ANNOTATIONS)

    @admin.display(description=_("role"))
    def role(self, user):
        roles = sorted(str(named_group(group)) for group in user.groups.all())
        if user.is_superuser:
            roles = [gettext("Superuser"), *roles]
        if roles and not user.is_staff:
            return gettext("%(roles)s (no access to the admin)") % {"roles": ", ".join(roles)}
        return ", ".join(roles)

    @admin.display(description=_("second factor"), boolean=True)
    def has_second_factor(self, user):
        return bool(user.second_factor)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        may_reset = obj and obj.second_factor and obj != request.user
        if may_reset and self.has_change_permission(request, obj):
            title, options = fieldsets[0]
            own = (title, {**options, "fields": (*options["fields"], "reset_second_factor")})
            return [own, *fieldsets[1:]]
        return fieldsets

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and form.cleaned_data.get("reset_second_factor") and obj != request.user:
            second_factor.remove(obj, by=request.user)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not form.instance.is_staff and has_role(form.instance):
            sentence = _("The account has a role, but cannot log in: it lacks the staff status.")
            messages.warning(request, sentence)

    def user_change_password(self, request, id, form_url=""):  # noqa: A002 Django's name
        """One's own is changed by who knows it, and not switched off."""
        if id == str(request.user.pk):
            return redirect("admin:password_change")
        return super().user_change_password(request, id, form_url)

    def held(self, obj):
        return held_by(obj)

    def may_touch(self, request, obj):
        return super().may_touch(request, obj) and (request.user.is_superuser or not obj.is_superuser)

    def get_readonly_fields(self, request, obj=None):
        fields = (*super().get_readonly_fields(request, obj), "last_login", "date_joined")  # nobody's to set
        return fields if request.user.is_superuser else (*fields, "is_superuser")


@admin.register(Group)
class GroupAdmin(GrantingAdmin, auth_admin.GroupAdmin):
    form = GroupForm
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


@admin.register(SecondFactorRequirement)
class SecondFactorRequirementAdmin(SavedOnceMixin, admin.ModelAdmin):
    list_display = ("group_name", "since")
    list_select_related = ("group",)
    fields = ("group",)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        formfield = super().formfield_for_foreignkey(db_field, request, **kwargs)
        formfield.label_from_instance = named_group
        formfield.help_text = self.consequences(request.user)
        return formfield

    def consequences(self, user):
        """What happens as soon as `user` saves."""
        sentences = [
            _(
                "From the next page on, everybody who has this role or group, and every superuser, has to "
                "set up a second factor before anything else."
            )
        ]
        if not user.second_factor and user.is_superuser:
            sentences.append(_("That includes you, as soon as you save."))
        elif not user.second_factor:
            sentences.append(_("That includes you, as soon as you save, if you have it yourself."))
        return " ".join(map(str, sentences))

    def has_change_permission(self, request, obj=None):
        return False  # it is there, or it is taken back

    @admin.display(description=_("role or group"), ordering="group__name")
    def group_name(self, requirement):
        return named_group(requirement.group)
