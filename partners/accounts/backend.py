from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User

from .second_factor import ANNOTATIONS


class StaffBackend(ModelBackend):
    """Knows staff only: any other account is answered, counted and locked as one that does not exist.

    Asked anew with every request: who is made inactive, or is staff no longer, is out at once.
    """

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and user.is_staff

    def get_user(self, user_id):
        user = User.objects.annotate(**ANNOTATIONS).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
