"""The spreadsheet of the agreements."""

from django.core.exceptions import ValidationError
from django.db.models import F
from django.db.models.lookups import IsNull
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..models import Agreement, City
from .directory import UnsureError, folded, listed
from .record import Column, RegisterMeta, RegisterResource
from .widgets import CityWidget, FieldsWidget, TextWidget


class CityColumn(Column):
    """The partner of an agreement: a place of the directory."""

    def set(self, record, value):
        record.city_id = value and value.pk


class LaterColumn(Column):
    """What can only be set when all rows are known, or all records written."""

    def set(self, record, value):
        pass


class AgreementResource(RegisterResource):
    identity = ("city",)
    tells_apart = ("city", "kind", "signed_on")
    hints = ("country",)
    # What nobody would write of a partner without an agreement.
    telling = {
        *("kind", "supplements", "signed_on", "status", "ended_on", "valid_until", "notice_months"),
        *("renews_automatically", "decision_number", "decided_on", "status_reason_lv", "status_reason_en"),
    }
    other_headings = {
        "city": (
            *("Pilsēta", "Partnerpilsēta", "Sadarbības pilsēta", "Partneris"),
            *("City", "Partner city", "Twin city", "Sister city"),
        ),
        "signed_on": (
            *("Noslēgšanas datums", "Līguma datums", "Līguma noslēgšanas datums", "Parakstīts", "Datums"),
            *("Parakstīšanas datums", "Sadarbības sākums", "Gads"),
            *("Date", "Date of signing", "Agreement signed", "Signed", "Year", "Since"),
        ),
        "kind": ("Līguma veids", "Dokumenta veids", "Type", "Kind of agreement"),
        "valid_until": ("Termiņš", "Beigu termiņš", "Expires", "Term"),
        "fields": ("Jomas", "Fields", "Areas of cooperation"),
        "scope_lv": ("Virzieni", "Saturs"),
        "internal_note": ("Piezīmes", "Piezīme", "Notes", "Note", "Comments"),
    }

    city = CityColumn("city__slug", "city", CityWidget())
    supplements = LaterColumn("supplements__slug", "supplements", TextWidget())
    fields = LaterColumn("fields", "fields", FieldsWidget())

    def label(self, name):
        if name == "country":
            return capfirst(str(City._meta.get_field(name).verbose_name))
        return super().label(name)

    def in_order(self, queryset):
        # An agreement before those that supplement it, as people read them.
        return queryset.order_by(IsNull(F("supplements"), False), "slug")

    def is_nothing(self, values, said):
        if not values.get("city") or not said.isdisjoint(self.telling):
            return False
        if content := sorted(said & {"fields", "scope_lv", "scope_en", "source_lv", "source_en"}):
            sentence = _(
                "The row names no date, kind or decision, so that it may be about no agreement: %(columns)s. "
                "Write the date, or a key if there is an agreement without a known date."
            )
            columns = ", ".join(map(self.label, content))
            raise ValidationError(sentence % {"columns": columns})
        return True

    def told_by(self, record):
        return [((record.city_id, record.kind), record.signed_on or "")]

    def alike(self, values, directory):
        if not values.get("city"):
            return []
        known = [
            (slug, date)
            for slug, kind, date in directory.agreements[values["city"].pk]
            if values.get("kind", kind) == kind
        ]
        signed_on = values.get("signed_on")
        same = [slug for slug, date in known if "signed_on" not in values or date == signed_on]
        near = [
            (slug, date) for slug, date in known if not date or not signed_on or date[:4] == signed_on[:4]
        ]
        if near and not same:
            candidates = [(slug, date or _("not stated")) for slug, date in near]
            sentence = _(
                "The register has an agreement with this partner that may be the same: %(keys)s. "
                "Write its key in this row if it is, or a key of its own if it is another."
            )
            raise UnsureError(candidates, sentence % {"keys": listed(candidates)})
        return same

    def identical(self, values, directory):
        if not (values.get("city") and values.get("signed_on")):
            return []
        told = values.get("kind", Agreement.Kind.COOPERATION), values["signed_on"]
        known = directory.agreements[values["city"].pk]
        return [(slug, date.localized) for slug, kind, date in known if (kind, date) == told]

    def slug_parts(self, record, values):
        return (values["city"].slug, record.signed_on and record.signed_on[:4])

    def records(self, pks):
        agreements = Agreement.objects.select_related("supplements").prefetch_related("supplemented_by")
        return agreements.in_bulk(pks)

    def is_related(self, row, record):
        has_additional = record.pk is not None and bool(record.supplemented_by.all())
        return bool(row.value("supplements") or record.supplements_id or has_additional)

    def relate(self, plan):
        rows = [row for row in plan.rows if row.record]
        asked = {row.value("supplements") for row in rows} - {None, ""}
        mains = {row.slug: plan.build(row) for row in plan.rows if row.slug in asked and row.size}
        others = Agreement.objects.filter(slug__in=asked - mains.keys()).select_related("supplements")
        mains |= {agreement.slug: agreement for agreement in others}
        known = folded(plan.seen)
        by_pk = {row.pk: row.record for row in plan.rows if row.record and row.pk}
        for row in rows:
            slug = row.value("supplements")
            if slug is not None:
                row.record.supplements = mains.get(slug)
                if slug and not row.record.supplements:
                    sentence = _("The register has no agreement with the key “%(key)s”.") % {"key": slug}
                    sentence += plan.directory.guess(slug, known)
                    plan.refuse(row, "supplements", slug, ValidationError(sentence))
            elif row.record.supplements_id in by_pk:
                row.record.supplements = by_pk[row.record.supplements_id]
        for main in by_pk.values():
            additional = (by_pk.get(agreement.pk, agreement) for agreement in main.supplemented_by.all())
            main._prefetched_objects_cache["supplemented_by"] = [
                agreement for agreement in additional if agreement.supplements_id == main.pk
            ]

    class Meta(RegisterMeta):
        model = Agreement
        fields = (
            "slug",
            "city",
            "kind",
            "supplements",
            "signed_on",
            "status",
            "ended_on",
            "status_reason_lv",
            "status_reason_en",
            "valid_until",
            "renews_automatically",
            "notice_months",
            "decision_number",
            "decided_on",
            "scope_lv",
            "scope_en",
            "fields",
            "source_lv",
            "source_en",
            "internal_note",
            "is_published",
        )
