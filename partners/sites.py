import re
from functools import wraps

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .text import SearchField

# The order of the day's work; what is not named here follows.
ORDER = (
    "City",
    "Agreement",
    "Document",
    "CooperationField",
    "SpreadsheetImport",
    "Merge",
    "Page",
    "DigestSubscription",
    "SecondFactorRequirement",
)

LISTED = re.compile("_(changelist|export)$")  # the names of the pages that filter by their address


def problem_of_search(text):
    """Why `text` cannot be searched for, or ""."""
    try:
        SearchField().clean(text)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


class OfferedAutocompletes(AutocompleteJsonView):
    """Answers for the fields that are filled in by typing; Django's fails where it is asked for others."""

    def process_request(self, request):
        asked = tuple(request.GET.get(name) for name in ("app_label", "model_name", "field_name"))
        offered = (
            (model._meta.app_label, model._meta.model_name, field)
            for model, admin in self.admin_site._registry.items()
            for field in admin.get_autocomplete_fields(request)
        )
        if asked not in offered:
            raise PermissionDenied
        return super().process_request(request)

    def get_queryset(self):
        is_sensible = not problem_of_search(self.term)
        return super().get_queryset() if is_sensible else self.model_admin.get_queryset(self.request).none()


def refusing_nonsense(view):
    """Refuse what Django's own pages never send, and Django fails on."""
    from .admin.conflicts import KEY

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not all(map(KEY.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("What was chosen from a list is no key.")
        # PostgreSQL takes no such text, and the filters of a list ask for whatever its address says.
        if LISTED.search(request.resolver_match.url_name or "") and "%00" in request.GET.urlencode():
            raise SuspiciousOperation("The address asks for a NUL.")
        # Django asks whether the field may be referred to, but takes none for a field without a name.
        if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
            raise DisallowedModelAdminToField("No field is named.")
        try:
            return view(request, *args, **kwargs)
        except OverflowError as error:  # of SQLite; PostgreSQL looks for larger numbers than it can store
            raise SuspiciousOperation("The address asks for a number that is no key.") from error

    return guarded


def refusing_long_searches(view):
    """Show the whole list to who searches it for more than a database can look for."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        problem = problem_of_search(request.GET.get(SEARCH_VAR, ""))
        if not problem:
            return view(request, *args, **kwargs)
        messages.error(request, problem)
        query = request.GET.copy()
        del query[SEARCH_VAR]
        return redirect(f"{request.path}?{query.urlencode()}")

    return guarded


def retrying(view):
    """Let a view that writes begin anew where another writer was faster: by now it can say what is wrong.

    Whoever takes the same key, or deletes what a form refers to, after the form has been looked through is
    noticed by the database alone.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        waiting = messages.get_messages(request)._queued_messages
        said_before = list(waiting)
        try:
            return view(request, *args, **kwargs)
        except IntegrityError:
            waiting[:] = said_before
            return view(request, *args, **kwargs)

    return guarded


class RegisterAdminSite(AdminSite):
    """The department's desk."""

    site_header = _("Register of partnerships")
    site_title = _("Register of partnerships")
    index_title = _("Partners, agreements and fields of cooperation")
    empty_value_display = _("not stated")
    index_template = "admin/partners/desk.html"

    @cached_property
    def login_form(self):
        from .accounts.backend import StaffLoginForm  # the site is made before there are models

        return StaffLoginForm

    def get_urls(self):
        from .accounts import pages, unlocking_pages  # the site is made before there are models

        return [*pages.urls(self), *unlocking_pages.urls(), *super().get_urls()]

    def login(self, request, extra_context=None):
        """Whose password was right goes on to the second factor; who was typing is told that it is kept."""
        from .accounts.pages import way_in
        from .accounts.sessions import TYPED

        if request.method == "GET" and request.entering.is_authenticated:
            return redirect(way_in(request))
        return super().login(request, {"is_kept": TYPED in request.session, **(extra_context or {})})

    def admin_view(self, view, cacheable=False):
        """Keep what a form sends from somebody whose login has ended in the meantime."""
        from .accounts.sessions import forget_typed, keep_typed

        guarded = super().admin_view(refusing_nonsense(refusing_long_searches(retrying(view))), cacheable)

        @wraps(guarded)
        def inner(request, *args, **kwargs):
            if request.method == "POST" and self.has_permission(request):
                forget_typed(request)
            elif request.method == "POST" and keep_typed(request):
                return redirect_to_login(reverse("admin:resume"), reverse("admin:login"))
            return guarded(request, *args, **kwargs)

        return inner

    def autocomplete_view(self, request):
        return OfferedAutocompletes.as_view(admin_site=self)(request)

    def index(self, request, extra_context=None):
        from .desk import Desk

        desk = Desk(request.user, timezone.localdate())
        return super().index(request, {"desk": desk, **(extra_context or {})})

    def app_index(self, request, app_label, extra_context=None):
        """That of the register is the desk."""
        if app_label == "partners":
            return redirect(f"{self.name}:index")
        return super().app_index(request, app_label, extra_context)

    def get_app_list(self, request, app_label=None):
        """The register first, its models in the order of the day's work rather than of the alphabet."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(
                key=lambda model: ORDER.index(name) if (name := model["object_name"]) in ORDER else len(ORDER)
            )
        return sorted(apps, key=lambda app: app["app_label"] != "partners")
