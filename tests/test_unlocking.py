"""The owner of a login that is locked gets it back with a recovery code or a link by mail, and nobody else."""

import re
import threading
from datetime import timedelta

import pytest
from axes.models import AccessFailureLog
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken

from partners.accounts import unlocking

from .test_audit import events  # noqa: F401 a fixture
from .test_login import LIMIT, attempt, fail, has_failed_from_everywhere, told
from .test_second_factor import set_up

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

UNLOCK, LOGIN = "/lv/admin/login/unlock/", "/lv/admin/login/"
SENT = "ir nosūtīta saite"
GONE = "Šī saite vairs nav derīga"


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_user(
        "anna", email="anna@example.org", password="pass", is_staff=True
    )


@pytest.fixture(autouse=True)
def _sends_email(settings):
    settings.SENDS_EMAIL = True


def ask_for_link(client, username="anna"):
    """The answer to asking for a link, once the mail has been sent."""
    answer = client.post(UNLOCK, {"username": username, "link": "1"})
    for thread in threading.enumerate():
        if thread.name == "unlock-mail":
            thread.join()
    return answer


def link_in(message):
    return re.search(r"https?://[^/]+(/\S+)", message.body.partition(":\n")[2])[1]


def test_page_of_a_locked_login_leads_to_unlocking_it(anna):
    fail(LIMIT - 1)
    assert f'href="{UNLOCK}"' in attempt().content.decode()


def test_recovery_code_unlocks_once_and_opens_nothing_without_the_password(anna):
    recovery, other, *_others = set_up(anna)
    fail(LIMIT)
    client = Client()
    answer = client.post(UNLOCK, {"username": "anna", "code": recovery.upper()}, follow=True)
    assert "Pieteikšanās ir atbloķēta" in answer.content.decode()
    assert client.get("/lv/admin/").status_code == 302
    assert StaticToken.objects.count() == 9
    assert attempt(client=client).status_code == 200
    assert attempt(password="pass", client=client).url.startswith("/lv/admin/")
    again = Client().post(UNLOCK, {"username": "anna", "code": recovery})
    assert "nav pareizs" in again.content.decode()
    assert Client().post(UNLOCK, {"username": "anna", "code": other}).url == LOGIN


def test_link_unlocks_once_and_only_where_it_is_opened(anna):
    has_failed_from_everywhere()
    owner, stranger = Client(REMOTE_ADDR="10.8.8.8"), Client(REMOTE_ADDR="10.7.7.7")
    assert attempt(password="pass", client=owner).status_code == 429
    assert SENT in ask_for_link(owner).content.decode()
    [message] = mail.outbox
    assert (message.to, "anna" in message.body) == (["anna@example.org"], True)
    link = link_in(message)
    assert owner.get(link).status_code == 200
    assert attempt(password="pass", client=owner).status_code == 429  # looking at it is not enough
    assert owner.post(link).url == LOGIN
    for used in (stranger.get(link), stranger.post(link)):
        assert (used.status_code, GONE in used.content.decode()) == (410, True)
    assert attempt(password="pass", client=stranger).status_code == 429
    assert attempt(password="pass", client=owner).status_code == 302


def test_unlocked_session_gets_in_where_others_have_locked_the_address(anna):
    for number in range(LIMIT * 4):
        attempt(f"account-{number}")
    client = Client()
    assert attempt(password="pass", client=client).status_code == 429
    ask_for_link(client)
    client.post(link_in(mail.outbox[0]))
    assert attempt("zane", client=client).status_code == 429
    assert attempt(password="pass", client=client).status_code == 302


def test_unlocked_session_is_locked_by_new_failures(anna):
    fail(LIMIT)
    client = Client()
    ask_for_link(client)
    client.post(link_in(mail.outbox[0]))
    assert fail(LIMIT, client=client) == [200] * (LIMIT - 1) + [429]
    assert attempt(password="pass", client=client).status_code == 429


def test_link_is_good_for_an_hour_and_until_then_no_other_one_is_sent(anna):
    client = Client()
    for _time in range(2):
        assert SENT in ask_for_link(client).content.decode()
    assert len(mail.outbox) == 1
    links = AccessFailureLog.objects.filter(path_info=unlocking.LINK)
    links.update(attempt_time=timezone.now() - unlocking.LINK_VALID - timedelta(seconds=1))
    ask_for_link(client)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("token", ["x", "MTA:1tvtFe:0J5YxT5V", "é", "a" * 300])
def test_forged_link_is_good_for_nothing(anna, token):
    fail(LIMIT)
    client = Client()
    assert client.post(f"{UNLOCK}{token}/").status_code == 410
    assert attempt(password="pass", client=client).status_code == 429


def test_no_answer_tells_whether_there_is_an_account(anna, django_user_model):
    make = django_user_model.objects.create_user
    make("inactive", email="a@example.org", password="pass", is_staff=True, is_active=False)
    make("visitor", email="b@example.org", password="pass")
    make("without", password="pass", is_staff=True)
    set_up(anna)
    names = ("anna", "nobody", "inactive", "visitor", "without")
    links = {name: told(ask_for_link(Client(), name)) for name in names}
    codes = {name: told(Client().post(UNLOCK, {"username": name, "code": "aaaa-aaaa"})) for name in names}
    assert links == dict.fromkeys(names, links["anna"])
    assert codes == dict.fromkeys(names, codes["anna"])
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]


def test_server_without_mail_offers_and_sends_no_link(anna, settings):
    settings.SENDS_EMAIL = False
    assert 'name="link"' not in Client().get(UNLOCK).content.decode()
    assert ask_for_link(Client()).context["form"].errors["code"]
    assert mail.outbox == []


def test_address_that_tries_to_unlock_too_often_has_to_wait_and_others_need_not(anna):
    recovery, *_others = set_up(anna)
    guess = {"username": "anna", "code": "aaaa-aaaa"}
    here, there = Client(REMOTE_ADDR="10.0.0.1"), Client(REMOTE_ADDR="10.0.0.2")
    codes = [here.post(UNLOCK, guess).status_code for _time in range(unlocking.ATTEMPTS + 1)]
    assert codes == [200] * unlocking.ATTEMPTS + [429]
    assert there.post(UNLOCK, {"username": "anna", "code": recovery}).url == LOGIN


def test_attempts_to_unlock_slow_nobody_down(anna):
    for number in range(settings.AXES_FAILURE_LIMIT * 5):
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(UNLOCK, {"username": "anna", "code": "aaaa-aaaa"})
    assert attempt(password="pass", REMOTE_ADDR="10.9.9.9").status_code == 302


def test_audit_tells_who_unlocked_what_and_how(anna, events):  # noqa: F811 the fixture
    recovery, *_others = set_up(anna)
    client = Client()

    def done(doing):
        return [(line["event"], line["username"], line.get("how")) for line in events(doing)]

    def send(data):
        return lambda: client.post(UNLOCK, {"username": "anna", **data})

    assert done(send({"code": "aaaa-aaaa"})) == [("login_unlock_failed", "anna", None)]
    assert done(send({"code": recovery})) == [("login_unlocked", "anna", "recovery")]
    assert done(lambda: ask_for_link(client)) == [("login_unlock_requested", "anna", None)]
    assert done(lambda: client.post(link_in(mail.outbox[0]))) == [("login_unlocked", "anna", "mail")]
