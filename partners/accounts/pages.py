"""The pages on which somebody sets up the second factor, is asked for it, and gets back what was typed."""

import io
from functools import wraps
from urllib.parse import urlencode

import segno
from django import forms
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django_otp import DEVICE_ID_SESSION_KEY

from . import second_factor
from .sessions import TYPED
from .waiting import moment

CODE_ATTRIBUTES = {"autocapitalize": "none", "spellcheck": "false", "class": "code"}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=forms.TextInput(attrs={**CODE_ATTRIBUTES, "autocomplete": "one-time-code"}),
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self):
        is_right, blocked_until = second_factor.verify(self.user, self.cleaned_data["code"])
        if blocked_until:
            again = moment(blocked_until, "H:i:s")
            sentence = _("Too many wrong codes. Try again at %(time)s.")
            if again.date:
                sentence = _("Too many wrong codes. Try again on %(date)s at %(time)s.")
            raise forms.ValidationError(sentence % again._asdict())
        if not is_right:
            raise forms.ValidationError(_("This code is wrong, or was used already. Wait for the next one."))
        return self.cleaned_data["code"]


def onward(request):
    """Where the officer wanted to go."""
    address = request.POST.get("next") or request.GET.get("next", "")
    # What has no slash would be taken for the name of a view.
    if address.startswith("/") and url_has_allowed_host_and_scheme(address, None):
        return address
    return reverse("admin:index")


def with_next(name, request):
    return f"{reverse(f'admin:{name}')}?{urlencode({'next': onward(request)})}"


def show(request, template, title, **context):
    request.current_app = admin.site.name
    context |= {**admin.site.each_context(request), "title": title, "next": onward(request)}
    return TemplateResponse(request, f"admin/accounts/{template}.html", context)


def let_in(request, user):
    """The second factor of `user` was right in this session."""
    request.session.cycle_key()
    request.session[DEVICE_ID_SESSION_KEY] = second_factor.app_of(user).persistent_id


def way_in(request):
    """The page that somebody whose password was right needs next."""
    return with_next("login_code" if request.entering.second_factor else "second_factor", request)


def for_entering(view):
    """Only for whom the code is asked; they can also leave."""

    @never_cache
    @wraps(view)
    def inner(request):
        if not request.entering.is_authenticated:
            return redirect(onward(request) if request.user.is_authenticated else with_next("login", request))
        if "leave" in request.POST:
            logout(request)
            return redirect("admin:login")
        return view(request)

    return inner


@for_entering
def login_code(request):
    user = request.entering
    if not user.second_factor:
        return redirect(way_in(request))
    form = CodeForm(user, request.POST or None)
    form.fields["code"].widget.attrs["autofocus"] = True
    if form.is_valid():
        let_in(request, user)
        return redirect(onward(request))
    return show(request, "login_code", _("Second step of the login"), form=form)


def owner(request):
    """Who sets up a second factor: somebody who is in, or has to have one before."""
    if request.user.is_authenticated:
        return request.user
    owes_one = request.entering.is_authenticated and not request.entering.second_factor
    return request.entering if owes_one else None


@never_cache
def setting_up(request):
    user = owner(request)
    if not user:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if "leave" in request.POST:
        logout(request)
        return redirect("admin:login")
    pending = None if user.second_factor else second_factor.app_of(user, confirmed=False)
    if "begin" in request.POST and not user.second_factor:
        second_factor.begin(user)
        return redirect(with_next("second_factor", request))
    is_sent = "code" in request.POST and (user.second_factor or pending)
    form = CodeForm(user, request.POST if is_sent else None)
    if is_sent and form.is_valid():
        return changed(request, user)
    return show(
        request,
        "second_factor",
        _("Second factor"),
        form=form,
        pending=pending,
        secret=pending and spelled(pending),
        has_one=bool(user.second_factor),
        must=user.needs_second_factor,
        is_entering=not request.user.is_authenticated,
        codes_left=second_factor.recovery_codes_left(user),
    )


def changed(request, user):
    """What was asked for together with a code that was right."""
    if not user.second_factor:
        codes = second_factor.confirm(user)
        let_in(request, user)
    elif "off" in request.POST and not user.needs_second_factor:
        second_factor.remove(user)
        return redirect("admin:second_factor")
    else:
        codes = second_factor.new_recovery_codes(user)
    return show(request, "recovery_codes", _("Recovery codes"), codes=codes)


def spelled(device):
    """The secret as people type it into an app that cannot see the picture."""
    text = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@never_cache
def picture(request):
    user = owner(request)
    pending = user and second_factor.app_of(user, confirmed=False)
    if not pending:
        raise Http404
    drawn = io.BytesIO()
    # On white, whatever the scheme of the page: a telephone does not find a code that is light on dark.
    segno.make(pending.config_url, error="m").save(drawn, kind="svg", scale=6, dark="#000", light="#fff")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def resume(request):
    """What was typed when the login had ended, to be sent again or not."""
    typed = request.session.get(TYPED)
    if not typed:
        return redirect("admin:index")
    if request.method == "POST":
        del request.session[TYPED]
        return redirect(typed["path"])
    return show(request, "resume", _("You are logged in again"), typed=typed)


def urls(site):
    return [
        path("login/code/", login_code, name="login_code"),
        path("second-factor/", setting_up, name="second_factor"),
        path("second-factor/code.svg", picture, name="second_factor_picture"),
        path("resume/", site.admin_view(resume), name="resume"),
    ]
