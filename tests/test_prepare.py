"""The first start of an installation, and every later one."""

import re

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.test import RequestFactory

from partners.models import City

pytestmark = pytest.mark.django_db


def prepare(capsys):
    call_command("prepare", port="8123")
    return capsys.readouterr().out


def test_first_start_loads_the_register_and_prints_a_password_that_works(capsys):
    printed = prepare(capsys)
    password = re.search(r"Password, shown this once: +(\S+)", printed)[1]
    assert City.objects.count() == 22
    account = authenticate(RequestFactory().post("/lv/admin/login/"), username="admin", password=password)
    assert account.is_superuser
    assert "http://127.0.0.1:8123/\n" in printed
    assert "manage.py changepassword admin" in printed


def test_later_starts_keep_every_edit_and_the_account(capsys):
    prepare(capsys)
    City.objects.filter(slug="motala").update(name_lv="Motala")
    user = get_user_model().objects.get()
    printed = prepare(capsys)
    assert "Password" not in printed
    assert City.objects.get(slug="motala").name_lv == "Motala"
    assert get_user_model().objects.get().password == user.password


def test_register_is_not_loaded_into_a_database_that_has_records(capsys):
    City.objects.create(name_lv="Cēsis", country="LV")
    prepare(capsys)
    assert City.objects.count() == 1
