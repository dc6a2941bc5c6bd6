"""A login ends after a while of doing nothing and at the end of the day, and takes nobody's text with it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from partners.accounts import sessions
from partners.models import City
from partners.roles import Role

from .factories import make_city
from .test_admin import form_data

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

DESK, LOGIN, RESUME = "/lv/admin/", "/lv/admin/login/", "/lv/admin/resume/"


@pytest.fixture
def editor(user_as):
    return user_as(Role.EDITOR)


@pytest.fixture
def client(editor):
    client = Client()
    client.force_login(editor)
    return client


def later(client, seconds, *keys):
    """Let the login of `client` be older by `seconds`."""
    session = client.session
    for key in keys or (sessions.BEGAN, sessions.SEEN):
        session[key] -= seconds
    session.save()


def is_in(client):
    return client.get(DESK).status_code == 200


def log_in(client, username="editor"):
    return client.post(f"{LOGIN}?next={RESUME}", {"username": username, "password": "pass", "next": RESUME})


@pytest.mark.parametrize("right", ["is_active", "is_staff"])
def test_login_of_an_account_that_was_shut_stays_ended_when_it_is_opened_again(client, editor, right):
    for value in (False, True):
        setattr(editor, right, value)
        editor.save()
        assert not is_in(client)
    client.force_login(editor)
    assert is_in(client)


@pytest.mark.parametrize("next_page", ["", "//evil.example/", "/\\evil.example", "https://evil.example/"])
def test_login_without_a_page_of_the_site_to_go_to_leads_to_the_front_page(editor, next_page):
    client = Client()
    asked = client.get(LOGIN, {"next": next_page})
    data = {"username": "editor", "password": "pass", "next": asked.context["next"]}
    assert client.post(LOGIN, data).url == DESK


def test_login_ends_when_nothing_has_been_done_for_a_while(client, settings):
    later(client, settings.SESSION_IDLE_SECONDS - 10)
    assert is_in(client)
    later(client, settings.SESSION_IDLE_SECONDS - 10)
    assert is_in(client)
    later(client, settings.SESSION_IDLE_SECONDS + 1)
    assert not is_in(client)


def test_login_ends_at_the_end_of_the_day_however_busy(client, settings):
    later(client, settings.SESSION_MAX_SECONDS - 10, sessions.BEGAN)
    assert is_in(client)
    later(client, 20, sessions.BEGAN)
    assert not is_in(client)


def test_login_from_before_there_were_limits_has_ended(client):
    session = client.session
    del session[sessions.BEGAN], session[sessions.SEEN]
    session.save()
    assert not is_in(client)


def test_looking_at_pages_writes_the_session_once_a_minute(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/lv/admin/jsi18n/")
    later(client, 61)
    client.get("/lv/admin/jsi18n/")
    with django_assert_num_queries(2):
        client.get("/lv/admin/jsi18n/")


@pytest.fixture
def typed(client, settings):
    """The address of a form that was sent when the login had ended, and the answer to it."""
    city = make_city("tukums", is_published=False)
    url = reverse("admin:partners_city_change", args=[city.pk])
    data = {**form_data(client.get(url)), "region_lv": 'Zemgale "un" <b>Sēlija</b>', "website": ""}
    later(client, settings.SESSION_IDLE_SECONDS + 1)
    return url, client.post(url, data)


def hidden(response):
    """What the page would send again."""
    from html import unescape

    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode())
    fields = {}
    for name, value in found:
        if name != "csrfmiddlewaretoken":
            fields.setdefault(name, []).append(unescape(value))
    return fields


def test_what_was_typed_is_offered_after_the_login_and_saved_by_one_click(client, typed):
    url, answer = typed
    assert answer.url == f"{LOGIN}?next={RESUME}"
    assert "Jūsu rakstītais ir saglabāts" in client.get(answer.url).content.decode()
    assert log_in(client).url == RESUME
    page = client.get(RESUME)
    assert f'action="{url}"' in page.content.decode()
    assert City.objects.get().region_lv in (None, "")
    assert client.post(url, hidden(page)).status_code == 302
    assert City.objects.get().region_lv == 'Zemgale "un" <b>Sēlija</b>'
    assert client.get(RESUME).status_code == 302


def test_what_was_typed_does_not_overwrite_what_a_colleague_has_saved_meanwhile(client, typed):
    url, _answer = typed
    city = City.objects.get()
    city.region_lv = "Kurzeme"
    city.save()
    log_in(client)
    response = client.post(url, hidden(client.get(RESUME)))
    assert response.status_code == 200
    assert City.objects.get().region_lv == "Kurzeme"


def test_what_was_typed_can_be_left(client, typed):
    url, _answer = typed
    log_in(client)
    assert client.post(RESUME).url == url
    assert client.get(RESUME).status_code == 302
    assert City.objects.get().region_lv in (None, "")


def test_another_account_is_not_shown_what_was_typed(client, typed, django_user_model):
    django_user_model.objects.create_user("zane", password="pass", is_staff=True)
    log_in(client, "zane")
    assert client.get(RESUME).url == DESK
    assert sessions.TYPED not in client.session


def test_what_was_typed_waits_for_the_second_factor(client, typed, editor):
    from .test_second_factor import CODE, code, set_up

    set_up(editor)
    log_in(client)
    assert client.get(RESUME).status_code == 302
    client.post(CODE, {"code": code(editor), "next": RESUME})
    assert client.get(RESUME).status_code == 200


def test_form_that_is_not_ours_is_not_kept(editor, settings):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    later(client, settings.SESSION_IDLE_SECONDS + 1)
    assert client.post("/lv/admin/partners/city/add/", {"name_lv": "Valka"}).status_code == 403
    assert sessions.TYPED not in client.session


def test_passwords_are_not_kept(admin_client, settings):
    later(admin_client, settings.SESSION_IDLE_SECONDS + 1)
    data = {"username": "zane", "password1": "Ozols-un-liepa", "password2": "Ozols-un-liepa"}
    admin_client.post(reverse("admin:auth_user_add"), data)
    assert admin_client.session[sessions.TYPED]["fields"] == [["username", ["zane"]]]
    assert not User.objects.filter(username="zane").exists()


def test_nothing_is_kept_of_whom_nobody_knows():
    client = Client()
    assert client.post("/lv/admin/partners/city/add/", {"name_lv": "Valka"}).url.startswith(LOGIN)
    assert "sessionid" not in client.cookies


def test_logging_out_late_is_nothing_to_resume(client, settings):
    later(client, settings.SESSION_IDLE_SECONDS + 1)
    client.post("/lv/admin/logout/")
    assert sessions.TYPED not in client.session
