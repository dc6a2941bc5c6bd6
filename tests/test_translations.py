"""The message catalogues: complete, compiled, and in step with the code."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import django
import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.text import capfirst
from django.utils.translation import gettext, override

ROOT = Path(settings.BASE_DIR)
OURS = ROOT / "partners" / "locale" / "lv" / "LC_MESSAGES" / "django.po"
PACKAGES = ROOT / "twinning" / "locale" / "lv" / "LC_MESSAGES" / "django.po"
SCRIPTS = PACKAGES.with_name("djangojs.po")


def messages(catalogue):
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural): entry.msgstr_plural or entry.msgstr
        for entry in catalogue
        if not entry.obsolete
    }


@pytest.mark.parametrize("path", [OURS, PACKAGES, SCRIPTS], ids=["ours", "packages", "scripts"])
def test_catalogue_leaves_nothing_untranslated_fuzzy_or_obsolete(path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


@pytest.mark.parametrize("path", [OURS, PACKAGES, SCRIPTS], ids=["ours", "packages", "scripts"])
def test_compiled_catalogue_says_what_its_source_says(path):
    assert messages(polib.mofile(str(path.with_suffix(".mo")))) == messages(polib.pofile(str(path)))


def test_catalogue_holds_just_the_strings_of_the_code(tmp_path):
    if not shutil.which("xgettext"):
        if os.environ.get("CI") == "true":
            pytest.fail("gettext is missing: in CI the catalogues have to be checked.")
        pytest.skip("gettext is not installed")
    for name in ("manage.py", "twinning", "partners", "templates"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "lv", "--no-wrap", "--no-obsolete"],
        cwd=tmp_path,
        env={**os.environ, "LOCAL": "1"},
        check=True,
        capture_output=True,
    )
    gathered = polib.pofile(str(tmp_path / OURS.relative_to(ROOT)))
    assert messages(gathered) == messages(polib.pofile(str(OURS)))


def labels():
    """The label of every field of the admin: as Django stores it in the history, and in Latvian."""
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    models = filter(admin.site.is_registered, apps.get_app_config("partners").get_models())
    for model_admin in map(admin.site.get_model_admin, models):
        if not model_admin.has_change_permission(request):
            continue
        forms = [model_admin.get_form(request)]
        forms += [inline.get_formset(request).form for inline in model_admin.get_inline_instances(request)]
        for field in (field for form in forms for field in form.base_fields.values()):
            with override(None):
                stored = str(field.label)
            with override("lv"):
                yield stored, str(field.label)


@pytest.mark.django_db
def test_history_names_every_field_in_the_language_of_the_reader():
    with override("lv"):
        assert [(stored, gettext(stored)) for stored, _ in labels()] == list(labels())


@pytest.mark.django_db
def test_every_string_kept_for_packages_is_still_theirs():
    theirs = set()
    for folder in [
        *(config.path for config in apps.get_app_configs()),
        Path(sys.modules["django"].__file__).parent,
    ]:
        for path in Path(folder).glob("**/locale/*/LC_MESSAGES/django.po"):
            if path.parts[-3] in ("lv", "de", "en") and not path.is_relative_to(ROOT / "partners"):
                theirs |= {(entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path))}
    is_later = "Django 6.1" if django.VERSION < (6, 1) else None
    kept = {
        (entry.msgid, entry.msgid_plural)
        for entry in polib.pofile(str(PACKAGES))
        if entry.comment != is_later
    }
    # Put together before they are looked up, so that no catalogue of the package has them.
    assembled = {(f"{kind} through import_export", "") for kind in ("new", "update", "delete")}
    assembled |= {(label, "") for label, _ in labels()}
    with override(None):
        of_accounts = [*User._meta.get_fields(), *Group._meta.get_fields()]
        assembled |= {(capfirst(str(getattr(field, "verbose_name", ""))), "") for field in of_accounts}
    assert kept - theirs <= assembled


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 līgumu"),
        (1, "1 līgums"),
        (2, "2 līgumi"),
        (11, "11 līgumi"),
        (21, "21 līgums"),
        (101, "101 līgums"),
        (111, "111 līgumi"),
    ],
)
def test_latvian_counts_in_the_right_form(count, shown):
    template = Template(
        "{% load i18n %}{% blocktranslate count count=count %}{{ count }} agreement{% plural %}"
        "{{ count }} agreements{% endblocktranslate %}"
    )
    with override("lv"):
        assert template.render(Context({"count": count})) == shown
