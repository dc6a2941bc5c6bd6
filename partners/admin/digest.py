"""Who is reminded by e-mail: everybody looks after the own subscription, administrators after all."""

from django.contrib import admin

from ..models import DigestSubscription
from .saving import SavedOnceMixin


@admin.register(DigestSubscription)
class DigestSubscriptionAdmin(SavedOnceMixin, admin.ModelAdmin):
    list_display = ("user", "language", "created_at")
    list_select_related = ("user",)
    fields = ("user", "language")

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def looks_after_all(self, request):
        return request.user.has_perm("partners.change_digestsubscription")

    def has_module_permission(self, request):
        return self.has_add_permission(request)

    def has_add_permission(self, request):
        return request.user.has_perm("partners.view_agreement")

    def has_view_permission(self, request, obj=None):
        is_visible = not obj or self.looks_after_all(request) or obj.user_id == request.user.pk
        return is_visible and self.has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_view_permission(request, obj)

    def get_changeform_initial_data(self, request):
        return {"user": request.user.pk, **super().get_changeform_initial_data(request)}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        formfield = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user" and not self.looks_after_all(request):
            formfield.queryset = formfield.queryset.filter(pk=request.user.pk)
        return formfield
