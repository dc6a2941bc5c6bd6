"""A form for a new record is saved once, however often it is sent: by a double click, or after Back."""

import json

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..models import SavedForm


class SavedOnceMixin:
    """Mixed into a ModelAdmin: who sends a form for a new record again is led to what was saved."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is not None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            # Whoever sends the same form meanwhile waits here until this request is answered.
            forms = SavedForm.objects.select_for_update()
            request.saved_form, is_new = forms.get_or_create(digest=digest(request))
            if not is_new and (record := self.model.objects.filter(pk=request.saved_form.record).first()):
                return self.response_saved_before(request, record)
            response = super().changeform_view(request, object_id, form_url, extra_context)
            if request.saved_form.record is None:
                request.saved_form.delete()
            return response

    def response_add(self, request, obj, post_url_continue=None):
        request.saved_form.record = obj.pk
        request.saved_form.save()
        return super().response_add(request, obj, post_url_continue)

    def response_saved_before(self, request, record):
        if IS_POPUP_VAR in request.POST:  # the page behind it takes what was saved
            return super().response_add(request, record)
        sentence = _("This form was sent more than once; it has been saved once: {record}.")
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])
        link = format_html('<a href="{}">{}</a>', address, record)
        messages.warning(request, format_html(sentence, record=link))
        return redirect(request.get_full_path() if "_addanother" in request.POST else address)


def digest(request):
    """What tells the form of `request` from all others.

    The token against forged requests is masked anew in every page: the same form opened twice is two forms.
    """
    files = [
        (
            name,
            file.name,
            [salted_hmac("file", chunk, algorithm="sha256").hexdigest() for chunk in file.chunks()],
        )
        for name, file in sorted(request.FILES.items())
    ]
    form = [request.user.pk, request.path, sorted(request.POST.lists()), files]
    return salted_hmac("partners.admin.saving", json.dumps(form), algorithm="sha256").hexdigest()
