"""The pages on which the owner of a login that is locked gets it back."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import UsernameField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from . import unlocking
from .pages import CODE_ATTRIBUTES, show
from .throttling import wait_page


class UnlockForm(forms.Form):
    """Takes a recovery code, or asks for a link by mail with the button ``link``."""

    username = UsernameField(
        label=gettext_lazy("Username"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Recovery code"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={**CODE_ATTRIBUTES, "autocomplete": "off"}),
    )

    @property
    def asks_for_link(self) -> bool:
        return settings.SENDS_EMAIL and "link" in self.data

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.asks_for_link and not cleaned.get("code") and "code" not in self.errors:
            self.add_error("code", self.fields["code"].error_messages["required"])
        return cleaned


@never_cache
def unlock(request: HttpRequest) -> HttpResponse:
    form = UnlockForm(request.POST or None)
    is_sent = False
    if form.is_valid():
        if until := unlocking.blocked_until(request):
            return wait_page(request, until)
        username, code = form.cleaned_data["username"], form.cleaned_data["code"]
        if form.asks_for_link:
            unlocking.request_link(request, username)
            is_sent = True
        elif unlocking.unlock_with_code(request, username, code):
            return unlocked(request)
        else:
            form.add_error("code", _("The name or the code is wrong, or the code was used already."))
    return show(
        request,
        "unlock",
        _("Unlock the login"),
        form=form,
        is_sent=is_sent,
        sends_email=settings.SENDS_EMAIL,
    )


@never_cache
def unlock_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks before it unlocks: programs that look through mails open links, too."""
    if request.method == "POST" and unlocking.unlock_with_link(request, token):
        return unlocked(request)
    user = unlocking.owner_of_link(token)
    response = show(request, "unlock_link", _("Unlock the login"), account=user)
    response.status_code = 200 if user else 410
    return response


def unlocked(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("The login is unlocked. Log in with your password."))
    return redirect("admin:login")


def urls() -> list[URLPattern]:
    return [
        path("login/unlock/", unlock, name="unlock"),
        path("login/unlock/<str:token>/", unlock_link, name="unlock_link"),
    ]
