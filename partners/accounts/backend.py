from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .audit import note
from .second_factor import ANNOTATIONS


class StaffBackend(ModelBackend):
    """Knows staff only: any other account is answered, counted and locked as one that does not exist.

    Asked anew with every request: who is made inactive, or is staff no longer, is out at once.
    """

    def user_can_authenticate(self, user):
        """Asked about somebody whose password is right; StaffLoginForm tells those who are not staff."""
        return super().user_can_authenticate(user) and (user.is_staff or has_role(user))

    def get_user(self, user_id):
        user = User.objects.annotate(**ANNOTATIONS).filter(pk=user_id).first()
        return user if user and user.is_staff and self.user_can_authenticate(user) else None


class StaffLoginForm(AdminAuthenticationForm):
    """Says to an account that was given a role, but no access to the admin, what it lacks."""

    def confirm_login_allowed(self, user):
        if not user.is_staff:
            note("login_refused", by=user)
            raise ValidationError(
                _(
                    "The password is right, and your account has a role, but no access to the admin. Ask an "
                    "administrator to tick “Staff status” in it."
                ),
                code="no_access",
            )
        super().confirm_login_allowed(user)


def has_role(user):
    return user.is_superuser or user.groups.exists()
