"""Logging in, in a real browser: with the keyboard, by a code, and back to what was being written."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from axes.models import AccessFailureLog
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import signing
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from partners.accounts import second_factor, sessions, unlocking
from partners.models import CooperationField, SecondFactorRequirement
from partners.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


def code(user):
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    return f"{TOTP(TOTPDevice.objects.get(user=user).bin_key).token():06}"


def violations(page):
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def log_in(page, name="admin", password="password"):
    page.get_by_label("Lietotājvārds").fill(name)
    page.get_by_label("Parole").fill(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_second_factor_is_set_up_and_used_with_the_keyboard_alone(open_page, admin_user, width, scheme):
    Group.objects.get_or_create(name=Role.EDITOR)  # a database that was emptied has no roles
    SecondFactorRequirement.objects.create(group=Group.objects.get(name=Role.EDITOR))
    page = open_page("/lv/admin/partners/city/", width=width, scheme=scheme)
    log_in(page)
    page.get_by_role("heading", name="Otrais faktors").wait_for()
    found = {"must": violations(page)}
    page.get_by_role("button", name="Iestatīt otro faktoru").press("Enter")
    picture = page.get_by_role("img", name="Kvadrātkods")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    found["pending"] = violations(page)
    page.get_by_label("Kods").fill(code(admin_user))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Atkopšanas kodi").wait_for()
    found["codes"] = violations(page)
    recovery = page.locator(".recovery-codes code").all_inner_texts()
    page.get_by_role("link", name="Kodi ir pierakstīti, turpināt").press("Enter")
    page.wait_for_url("**/lv/admin/partners/city/")
    page.context.clear_cookies()
    page.goto("/lv/admin/")
    log_in(page)
    page.get_by_role("heading", name="Pieteikšanās otrais solis").wait_for()
    assert page.get_by_label("Kods").evaluate("field => field === document.activeElement")
    found["asked"] = violations(page)
    page.keyboard.type(recovery[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/lv/admin/")
    assert {name: said for name, said in found.items() if said} == {}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_login_that_is_locked_is_unlocked_with_the_keyboard_alone(open_page, admin_user, width, scheme):
    second_factor.begin(admin_user)
    recovery, *_others = second_factor.confirm(admin_user)
    page = open_page("/lv/admin/", width=width, scheme=scheme)
    for _time in range(settings.AXES_FAILURE_LIMIT):
        log_in(page, password="wrong")
    page.get_by_role("heading", name="Pārāk daudz mēģinājumu").wait_for()
    found = {"locked": violations(page)}
    page.get_by_role("link", name="Atbloķēt pieteikšanos").press("Enter")
    page.get_by_label("Lietotājvārds").fill("admin")
    page.get_by_label("Atkopšanas kods").fill("aaaa-aaaa")
    page.keyboard.press("Enter")
    page.get_by_text("Lietotājvārds vai kods nav pareizs").wait_for()
    found["refused"] = violations(page)
    page.get_by_label("Atkopšanas kods").fill(recovery)
    page.keyboard.press("Enter")
    page.get_by_text("Pieteikšanās ir atbloķēta").wait_for()
    found["unlocked"] = violations(page)
    log_in(page)
    page.get_by_role("heading", name="Pieteikšanās otrais solis").wait_for()
    link = AccessFailureLog.objects.create(username="admin", path_info=unlocking.LINK)
    page.goto(reverse("admin:unlock_link", args=[signing.dumps(link.pk, salt=unlocking.SALT)]))
    found["link"] = violations(page)
    page.get_by_role("button", name="Atbloķēt pieteikšanos").press("Enter")
    page.wait_for_url("**/lv/admin/login/**")
    assert {name: said for name, said in found.items() if said} == {}


def test_text_outlives_the_login(desk, admin_user):
    from django.contrib.sessions.backends.db import SessionStore

    desk.goto("/lv/admin/partners/cooperationfield/add/")
    desk.locator("#id_name_lv").fill("Tūrisms")
    [key] = [cookie["value"] for cookie in desk.context.cookies() if cookie["name"] == "sessionid"]
    session = SessionStore(key)
    session[sessions.SEEN] -= 24 * 60 * 60
    session.save()
    desk.get_by_role("button", name="Saglabāt", exact=True).click()
    assert "Jūsu rakstītais ir saglabāts" in desk.content()
    log_in(desk)
    desk.get_by_role("button", name="Nosūtīt uzrakstīto").click()
    desk.wait_for_url("**/partners/cooperationfield/")
    assert CooperationField.objects.get().name_lv == "Tūrisms"
