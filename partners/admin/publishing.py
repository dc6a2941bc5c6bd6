"""What visitors see changes only by who may publish: in forms, in lists, by deleting and by restoring."""

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import Agreement, City
from ..publishing import publish, withdraw
from ..roles import may
from .spreadsheets import MOST_NAMED


class StateAdmin:
    """Mixed into an admin or inline of what is published: others than publishers only read whether it is."""

    def has_publish_permission(self, request):
        return may(request.user, "publish", self.model)

    belongs_to: tuple[str, ...] = ()  # the field that says with what a record marked as published is seen

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if self.has_publish_permission(request):
            return fields
        is_marked = getattr(obj, "is_published", False)
        return (*fields, "is_published", *(self.belongs_to if is_marked else ()))


class StateInline(StateAdmin):
    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        may_publish = self.has_publish_permission(request)

        class StateFormSet(formset):
            def add_fields(self, form, index):
                super().add_fields(form, index)
                if "DELETE" in form.fields and form.instance.is_published and not may_publish:
                    form.fields["DELETE"].disabled = True

        return StateFormSet


class PublishingAdmin(StateAdmin):
    """Mixed into a ModelAdmin: publishes and withdraws what is selected in its list."""

    def has_delete_permission(self, request, obj=None):
        is_shown = obj is not None and obj.is_published
        return super().has_delete_permission(request, obj) and (
            not is_shown or self.has_publish_permission(request)
        )

    @admin.action(description=gettext_lazy("Publish the selected records"), permissions=("publish",))
    def publish_selected(self, request, queryset):
        published, refused = publish(self.chosen(queryset), request.user)
        sentence = ngettext("%(count)d record published.", "%(count)d records published.", len(published))
        if published:
            messages.success(request, sentence % {"count": len(published)})
        elif not refused:
            messages.info(request, _("There was nothing to publish: all of them are published already."))
        for record, reasons in refused[:MOST_NAMED]:
            sentence = _("Not published: %(record)s (%(key)s). %(reasons)s")
            sentence %= {"record": record, "key": record.slug, "reasons": " ".join(reasons)}
            messages.error(request, sentence)
        if (more := len(refused) - MOST_NAMED) > 0:
            sentence = ngettext(
                "%(count)d more record was not published.", "%(count)d more records were not published.", more
            )
            messages.error(request, sentence % {"count": more})
        self.say_what_is_seen_with(request, published)

    @admin.action(
        description=gettext_lazy("Withdraw the selected records from the site"), permissions=("publish",)
    )
    def withdraw_selected(self, request, queryset):
        count = len(withdraw(self.chosen(queryset), request.user))
        sentence = ngettext("%(count)d record withdrawn.", "%(count)d records withdrawn.", count)
        if count:
            messages.success(request, sentence % {"count": count})
        else:
            messages.info(request, _("There was nothing to withdraw: none of them is published."))

    def chosen(self, queryset):
        """The records of `queryset` without what its list counts and joins."""
        return self.model.objects.filter(pk__in=queryset.order_by().values("pk"))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.instance.is_published and {"is_published", *self.belongs_to} & set(form.changed_data):
            self.say_what_is_seen_with(request, [form.instance.pk])

    def say_what_is_seen_with(self, request, published):
        """An agreement is seen with its partner: not without it, and as soon as it is."""
        count = 0
        if self.model is Agreement:
            count = Agreement.objects.filter(pk__in=published, city__is_published=False).count()
            sentence = ngettext(
                "Visitors do not see %(count)d agreement yet: its partner is not published.",
                "Visitors do not see %(count)d agreements yet: their partners are not published.",
                count,
            )
        elif self.model is City:
            count = Agreement.objects.published().filter(city__in=published).count()
            sentence = ngettext(
                "With this, visitors see %(count)d agreement that is marked as published, too.",
                "With this, visitors see %(count)d agreements that are marked as published, too.",
                count,
            )
        if count:
            messages.warning(request, sentence % {"count": count})
