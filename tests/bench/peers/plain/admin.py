from django.contrib import admin
from import_export.admin import ImportExportModelAdmin
from modeltranslation.admin import TabbedTranslationAdmin

from .models import Agreement, City, CooperationField


@admin.register(City, Agreement, CooperationField)
class RecordAdmin(ImportExportModelAdmin, TabbedTranslationAdmin):
    pass
