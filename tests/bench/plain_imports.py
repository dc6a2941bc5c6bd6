"""The yardstick of imports: django-import-export as it comes."""

import re
import types


def plain_resource():
    """django-import-export as it comes, but for the keys by which it has to find records."""
    from import_export.fields import Field
    from import_export.resources import ModelResource
    from import_export.widgets import ForeignKeyWidget, ManyToManyWidget, Widget

    from partners.models import Agreement, City, CooperationField
    from partners.partial_dates import PartialDate
    from partners.resources import AgreementResource

    class DateWidget(Widget):
        def clean(self, value, row=None, **kwargs):
            return PartialDate(value) if value else None

    class Plain(ModelResource):
        city = Field("city", "city", ForeignKeyWidget(City, "slug"))
        supplements = Field("supplements", "supplements", ForeignKeyWidget(Agreement, "slug"))
        signed_on = Field("signed_on", "signed_on", DateWidget())
        fields = Field("fields", "fields", ManyToManyWidget(CooperationField, " | ", "slug"))

        class Meta:
            model = Agreement
            import_id_fields = ("slug",)
            fields = AgreementResource._meta.fields

    return Plain()


def plain_addresses():
    """The admin of django-import-export as it comes, under /plain/; a module of addresses."""
    from django.contrib.admin import AdminSite
    from django.urls import path
    from import_export.admin import ImportExportModelAdmin

    from partners.models import Agreement

    site = AdminSite()
    plain = type("PlainAdmin", (ImportExportModelAdmin,), {"resource_classes": [type(plain_resource())]})
    site.register(Agreement, plain)
    module = types.ModuleType("plain_addresses")
    module.urlpatterns = [path("plain/", site.urls)]
    return module


def import_plainly(officer, content):
    """Preview and confirm in the admin of django-import-export: without validation, history and undo."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import override_settings

    templates = [{**settings.TEMPLATES[0], "DIRS": []}]
    plainly = {"ROOT_URLCONF": plain_addresses(), "TEMPLATES": templates, "SIMPLE_HISTORY_ENABLED": False}
    with override_settings(**plainly):
        file = SimpleUploadedFile("bench.csv", content)
        data = {"import_file": file, "format": "0", "resource": "0"}
        previewed = officer.client.post("/plain/partners/agreement/import/", data)
        page = previewed.content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        confirmed = officer.client.post("/plain/partners/agreement/process_import/", hidden)
    assert confirmed.status_code == 302, confirmed.content.decode()
