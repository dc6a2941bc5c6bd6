"""Every address of the site, and a register in which each of them leads somewhere."""

import io
import re

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from partners.formats import read
from partners.imports import Plan, apply
from partners.merging import merge
from partners.models import (
    Agreement,
    City,
    CooperationField,
    DigestSubscription,
    Merge,
    Page,
    SecondFactorRequirement,
    SpreadsheetImport,
)
from partners.resources import resource_for
from partners.roles import Role

from .contents import pdf
from .factories import make_agreement, make_city, make_document, make_field
from .spreadsheets import MODELS, sheet
from .test_admin import deletion_of, form_data

READING = re.compile(r"\(?SELECT ")  # whoever only reads leaves all as it was
PASSWORD = {"password1": "Ozols-un-liepa", "password2": "Ozols-un-liepa", "usable_password": "true"}
NEW = {
    City: ["name_lv", "country"],
    Agreement: ["city", "kind"],
    CooperationField: ["name_lv", "position"],
}
ROWS = {City: ["Limbaži", "LV"], Agreement: ["cesis", "protocol"], CooperationField: ["Tūrisms", "9"]}


def addresses(patterns=None, route="", namespaces=()):
    """Every address of the site: the name, or where it has none the route; and the route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        full = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = [*namespaces, pattern.namespace] if pattern.namespace else namespaces
            yield from addresses(pattern.url_patterns, full, inside)
        else:
            yield (":".join([*namespaces, pattern.name]) if pattern.name else f"/{full}"), full


class Site:
    """A register in which every address leads somewhere, looked at by one role."""

    def __init__(self, role):
        admin = User.objects.create_superuser("root", email="root@example.org", password="pass")
        self.user = self.account(role, admin)
        self.field, self.unused = make_field("culture"), make_field("sport")
        self.city = make_city("tukums", is_published=False)
        self.city.is_published = True
        self.city.save()
        self.draft = make_city("saldus", is_published=False)
        partner = make_city("cesis")
        self.agreement = make_agreement(partner, [self.field], slug="cesis-2012", is_published=False)
        self.agreement.is_published = True
        self.agreement.save()
        self.draft_agreement = make_agreement(partner, slug="cesis-2020", is_published=False)
        self.field.save()
        self.document = make_document(make_agreement(partner, slug="cesis-2015"))
        self.page = Page.objects.create(place="about", title_lv="Par reģistru", body_lv="Teksts")
        self.subscription = DigestSubscription.objects.create(user=admin)
        self.group = Group.objects.create(name="Praktikanti")
        self.other = User.objects.create_user(
            "other", email="other@example.org", password="pass", is_staff=True
        )
        merge(make_city("wenden"), make_city("vendene"), admin)
        done = self.keep(City, [*NEW[City], "is_published"], ["Ogre", "LV", "1"], admin)
        apply(*done)
        self.imported = done[1]
        self.waiting = {model: self.keep(model, NEW[model], ROWS[model], self.user)[1] for model in MODELS}
        self.records = {
            "city": self.city,
            "agreement": self.agreement,
            "cooperationfield": self.unused,
            "page": self.page,
            "document": self.document,
            "spreadsheetimport": self.imported,
            "merge": Merge.objects.get(),
            "digestsubscription": self.subscription,
            "user": self.other,
            "group": self.group,
            "secondfactorrequirement": SecondFactorRequirement.objects.create(group=self.group),
        }
        self.client = Client()
        if role != "anonymous":
            self.client.force_login(self.user)
            # As soon as anybody has to have a second factor, superusers have to.
            factor = TOTPDevice.objects.create(user=self.user, confirmed=True)
            session = self.client.session
            session[DEVICE_ID_SESSION_KEY] = factor.persistent_id
            session.save()
        self.session = {key: morsel.value for key, morsel in self.client.cookies.items()}
        self.before = state()

    @staticmethod
    def account(role, admin):
        if role in ("anonymous", "superuser"):
            return admin
        user = User.objects.create_user(role, email=f"{role}@example.org", password="pass", is_staff=True)
        if role != "staff":
            user.groups.add(Group.objects.get(name=Role[role.upper()]))
        return user

    @staticmethod
    def keep(model, headings, row, user):
        content = sheet(headings, row)
        plan = Plan(resource_for(model), read(io.BytesIO(content)))
        return plan, SpreadsheetImport.objects.keep(model, "a.csv", content, user, plan.seen)

    def model(self, route):
        """The model whose admin the `route` belongs to, by its name; "" outside of any."""
        found = re.search(r"admin/(?:partners|auth)/(\w+)/", route)
        return found[1] if found else ""

    def path(self, name, route):
        """The address that `route` stands for, with something in every place."""
        record = self.records.get(self.model(route))
        if name.endswith("_preview"):
            record = {"city": self.draft, "agreement": self.draft_agreement}[self.model(route)]
        if name == "admin:view_on_site":
            record = self.city
        values = {
            "slug": {
                "city_detail": "tukums",
                "agreement_detail": "cesis-2012",
                "field_detail": "culture",
            }.get(name.rpartition(":")[2], "about"),
            "file_format": "csv",
            "section": "partners-lv",
            "content_type_id": ContentType.objects.get_for_model(City).pk,
            "app_label": "partners",
            "url": "nothing",
            "uuid": self.document.uuid,
            "name": self.document.file_name,
            "token": "nothing",
        }
        values |= dict.fromkeys(("pk", "object_id", "id"), record and record.pk)
        if name.endswith("_restore"):
            values["version"] = type(record).history.filter(id=record.pk).last().pk
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
        return (
            "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(values[place[1]]), plain) + self.query(name)
        )

    def query(self, name):
        if name == "admin:autocomplete":
            return "?app_label=partners&model_name=agreement&field_name=city"
        if name == "admin:partners_city_merge":
            return f"?record={self.city.pk}&record={self.draft.pk}"
        if name == "admin:partners_cooperationfield_merge":
            return f"?record={self.field.pk}&record={self.unused.pk}"
        for model, waiting in self.waiting.items():
            if name == f"admin:partners_{model._meta.model_name}_import_refused":
                return f"?upload={waiting.pk}"
        return ""

    def data(self, name, route):
        """What a form would send to do something."""
        model, _mark, page = (
            name.rpartition(":")[2].removeprefix("partners_").removeprefix("auth_").partition("_")
        )
        match page:
            case "add":
                return {
                    "city": {"name_lv": "Limbaži", "country": "LV", "is_published": "on"},
                    "agreement": {"city": self.city.pk, "is_published": "on"},
                    "cooperationfield": {"name_lv": "Tūrisms"},
                    "page": {"place": "privacy", "title_lv": "Privātums"},
                    "document": {"agreement": self.agreement.pk, "file": SimpleUploadedFile("b.pdf", pdf())},
                    "digestsubscription": {
                        "user": self.user.pk if self.user != self.subscription.user else self.other.pk
                    },
                    "user": {"username": "zane", **PASSWORD},
                    "group": {"name": "Savējie"},
                    "secondfactorrequirement": {"group": Group.objects.get(name=Role.VIEWER).pk},
                }.get(model, {})
            case "change":
                return {
                    "city": {"region_lv": "Kurzeme"},
                    "agreement": {"source_lv": "Vēstule"},
                    "cooperationfield": {"position": "7"},
                    "page": {"body_lv": "Cits"},
                    "document": {"title_lv": "Cits"},
                    "digestsubscription": {"language": "en"},
                    "user": {"username": "x", "date_joined_0": "2026-01-01", "date_joined_1": "09:00"},
                    "group": {"name": "Citi"},
                }.get(model, {})
            case "changelist":
                chosen = {"city": self.draft, "agreement": self.draft_agreement}.get(model)
                if chosen:
                    return {"action": "publish_selected", "_selected_action": [chosen.pk]}
                record = self.records[model]
                return {"action": "delete_selected", "_selected_action": [record.pk], **deletion_of(record)}
            case "delete":
                return deletion_of(self.records[model])
            case "import":
                return {"import_file": SimpleUploadedFile("b.csv", sheet(["slug"], ["x"]))}
            case "process_import":
                return {"upload": self.waiting[apps.get_model("partners", model)].pk}
            case "export":
                return {"format": "1"}
            case "merge":
                return {"kept": self.city.pk if model == "city" else self.field.pk}
            case "password_change" if model == "user":
                return PASSWORD
        return {}

    def answer(self, name, route, method):
        """The status of the answer, and whether anything was written; afterwards all is as it was."""
        statements = []

        def note(execute, sql, *rest):
            statements.append(sql)
            return execute(sql, *rest)

        with transaction.atomic():
            with connection.execute_wrapper(note):
                response = self.respond(name, route, method)
                list(response)  # a file is closed when it has been read
            may_have_written = not all(map(READING.match, statements))
            writes = may_have_written and state() != self.before
            transaction.set_rollback(True)
        cell = str(response.status_code) + (" writes" if writes else "")
        ContentType.objects.clear_cache()
        return cell

    def respond(self, name, route, method):
        self.client.cookies.clear()
        self.client.cookies.load(self.session)
        path = self.path(name, route)
        if method != "POST":
            return self.client.generic(method, path)
        data = self.data(name, route)
        if re.search("_(add|change)$", name):
            form = self.client.get(path)
            if form.status_code == 200 and "adminform" in (form.context or ()):
                data = {**form_data(form), **data}
        if name.endswith("_restore"):
            record = self.records[self.model(route)]
            data["newest"] = type(record).history.filter(id=record.pk).order_by("-history_id").first().pk
        return self.client.post(path, data)


def state():
    """All that the register and the accounts hold."""
    models = [
        model
        for label in ("partners", "auth")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    return {
        model: list(
            model._base_manager.order_by("pk").values_list(*(f.attname for f in model._meta.concrete_fields))
        )
        for model in models
    }


def with_all_rights():
    """The register as a superuser sees it, in whose answers a fault is one of status 500."""
    site = Site("superuser")
    site.client.raise_request_exception = False
    return site
