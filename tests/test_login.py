"""Who guesses is slowed down, learns nothing about accounts, and gains nothing by a forged address."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from partners.accounts.addresses import client_address, throttled_address
from partners.accounts.throttling import slowed_until
from partners.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LOGIN = "/lv/admin/login/"
REFUSED = "Pārbaudiet, vai lietotājvārds un parole ir pareizi"
LIMIT = settings.AXES_FAILURE_LIMIT
FORWARDED = "HTTP_X_FORWARDED_FOR"


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_user("anna", password="pass", is_staff=True)


def attempt(username="anna", password="wrong", client=None, language="lv", **headers):
    data = {"username": username, "password": password}
    return (client or Client()).post(f"/{language}/admin/login/", data, **headers)


def fail(times, **kwargs):
    return [attempt(**kwargs).status_code for _time in range(times)]


def later(**delta):
    """Let the failures so far be older, as if that much time had passed."""
    for seen in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=seen.pk).update(attempt_time=seen.attempt_time - timedelta(**delta))


def has_failed_from_everywhere(times=LIMIT * 6, username="anna", at=None):
    """Let the account have failed from as many addresses, none of which is locked."""
    AccessFailureLog.objects.bulk_create(
        AccessFailureLog(username=username, ip_address=f"10.1.0.{number}") for number in range(times)
    )
    AccessFailureLog.objects.update(attempt_time=at or timezone.now())


def test_account_is_locked_at_the_address_that_failed_and_nowhere_else(anna):
    assert fail(LIMIT + 1, REMOTE_ADDR="10.0.0.1") == [200] * (LIMIT - 1) + [429, 429]
    assert attempt(password="pass", REMOTE_ADDR="10.0.0.1").status_code == 429
    assert attempt(password="pass", REMOTE_ADDR="10.9.9.9").status_code == 302


def test_account_that_fails_from_ever_more_addresses_is_slowed_down_everywhere_it_is_not_known(anna):
    assert attempt(password="pass", REMOTE_ADDR="10.9.9.9").status_code == 302
    guesses = [attempt(REMOTE_ADDR=f"10.1.0.{number}").status_code for number in range(LIMIT * 4)]
    assert guesses == [200] * (LIMIT * 4)
    has_failed_from_everywhere(LIMIT * 2)  # more than a second's wait
    assert attempt(password="pass", REMOTE_ADDR="10.8.8.8").status_code == 429
    assert attempt(password="pass", REMOTE_ADDR="10.9.9.9").status_code == 302
    assert fail(LIMIT, REMOTE_ADDR="10.9.9.9")[-1] == 429


@pytest.mark.parametrize(("more", "wait"), [(0, 1), (1, 2), (5, 32), (9, 512), (10, 900), (40, 900)])
def test_wait_of_an_account_doubles_up_to_the_length_of_a_lock(anna, more, wait):
    last = timezone.now()
    has_failed_from_everywhere(LIMIT * 4 + more, at=last)
    assert slowed_until("anna") == last + timedelta(seconds=wait)
    AccessFailureLog.objects.update(attempt_time=last - timedelta(seconds=wait))
    assert attempt(password="pass").status_code == 302


def test_failures_of_an_account_are_forgotten_after_a_day(anna):
    has_failed_from_everywhere(at=timezone.now() - timedelta(days=1, seconds=1))
    assert slowed_until("anna") is None
    attempt("zane")
    assert list(AccessFailureLog.objects.values_list("username", flat=True)) == ["zane"]


def test_address_is_known_until_nobody_has_logged_in_from_it_for_ninety_days(anna):
    for _time in range(2):
        attempt(password="pass", REMOTE_ADDR="10.9.9.9")
    known = AccessLog.objects.get()
    assert (known.username, known.ip_address, known.user_agent) == ("anna", "10.9.9.9", "")
    AccessLog.objects.update(attempt_time=timezone.now() - timedelta(days=91))
    attempt("zane")
    assert not AccessLog.objects.exists()


def test_name_that_is_no_account_is_slowed_down_alike(anna):
    answers = {}
    for name in ("anna", "nobody"):
        has_failed_from_everywhere(username=name)
        answers[name] = told(attempt(name, REMOTE_ADDR="10.8.8.8"))
    assert answers["anna"][0] == 429
    assert answers["nobody"] == answers["anna"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("lv", r"Mēģiniet vēlreiz plkst. \d\d:\d\d, pēc 15 minūtēm."),
        ("en", r"Try again at \d\d:\d\d, in 15 minutes."),
    ],
)
def test_page_of_a_locked_account_says_when_to_try_again(anna, language, sentence):
    fail(LIMIT)
    response = attempt(password="pass", language=language)
    assert response.status_code == 429
    assert 14 * 60 < int(response["Retry-After"]) <= 15 * 60
    assert re.search(sentence, response.content.decode())


def test_lock_ends_by_itself_and_trying_meanwhile_does_not_prolong_it(anna):
    fail(LIMIT)
    later(minutes=14)
    assert attempt(password="pass").status_code == 429
    later(minutes=1)
    assert attempt(password="pass").status_code == 302


def test_failures_that_are_over_are_swept_away(anna):
    for name in ("zane", "ilze"):
        attempt(name)
    later(minutes=16)
    attempt("anna")
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["anna"]


def test_address_is_locked_after_more_failures_than_an_account_may_have(anna):
    codes = [attempt(f"account-{number}").status_code for number in range(LIMIT * 4)]
    assert codes == [200] * (LIMIT * 4 - 1) + [429]
    assert attempt(password="pass").status_code == 429
    assert attempt(password="pass", REMOTE_ADDR="10.0.0.2").status_code == 302


def test_who_logs_in_forgets_the_failures_of_that_account_only(anna):
    fail(LIMIT - 1, username="ilze")
    fail(LIMIT - 1)
    assert attempt(password="pass").status_code == 302
    assert fail(LIMIT - 1) == [200] * (LIMIT - 1)
    assert attempt("ilze").status_code == 429


def test_administrator_of_the_server_unlocks(anna):
    fail(LIMIT)
    call_command("axes_reset_username", "anna")
    assert attempt(password="pass").status_code == 302
    has_failed_from_everywhere()
    call_command("axes_reset_username", "anna")
    assert attempt(password="pass", REMOTE_ADDR="10.8.8.8").status_code == 302
    fail(LIMIT)
    call_command("axes_reset")
    assert attempt(password="pass").status_code == 302


def told(response):
    """What the answer says, without what differs in every answer."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|\d\d:\d\d', "", response.content.decode())
    return response.status_code, re.sub(r'name="username" value="\w+"', "", page)


def test_no_answer_tells_whether_there_is_an_account(django_user_model, anna):
    make = django_user_model.objects.create_user
    make("inactive", password="pass", is_staff=True, is_active=False)
    make("visitor", password="pass")
    make("without", is_staff=True)
    tried = [
        ("anna", "wrong"),
        ("nobody", "pass"),
        ("inactive", "pass"),
        ("visitor", "pass"),
        ("without", "pass"),
    ]
    answers = {
        name: [told(attempt(name, password, REMOTE_ADDR=f"10.0.{number}.1")) for _time in range(LIMIT + 1)]
        for number, (name, password) in enumerate(tried)
    }
    assert REFUSED in answers["anna"][0][1]
    for name, answer in answers.items():
        assert (name, answer) == (name, answers["anna"])


@pytest.mark.parametrize("kind", ["role", "superuser"])
def test_right_password_tells_an_account_with_a_role_that_it_lacks_access(django_user_model, kind):
    visitor = django_user_model.objects.create_user("visitor", password="pass")
    if kind == "role":
        visitor.groups.add(Group.objects.get(name=Role.EDITOR))
    else:
        django_user_model.objects.update(is_superuser=True)
    client = Client()
    answer = attempt("visitor", "pass", client)
    assert "jūsu kontam ir loma, bet nav piekļuves pārvaldībai" in answer.content.decode()
    assert client.get("/lv/admin/").status_code == 302
    assert told(attempt("visitor")) == told(attempt("nobody"))


def test_every_refusal_costs_one_hash(django_user_model, anna, settings, monkeypatch):
    """What takes time is the hash of a password: each refusal makes one, whatever the reason."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    make = django_user_model.objects.create_user
    make("inactive", password="pass", is_staff=True, is_active=False)
    make("visitor", password="pass")
    make("without", is_staff=True)
    make("lacking", password="pass").groups.add(Group.objects.get(name=Role.EDITOR))
    made = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, *args, **kwargs: made.append(1) or encode(self, *args, **kwargs),
    )
    costs = {}
    for name in ("anna", "nobody", "inactive", "visitor", "without", "lacking"):
        made.clear()
        attempt(name)
        costs[name] = len(made)
    assert costs == dict.fromkeys(costs, 1)


def test_forged_address_does_not_help_against_the_lock(anna):
    codes = [
        attempt(f"account-{number}", **{FORWARDED: f"203.0.113.{number}"}).status_code
        for number in range(LIMIT * 4)
    ]
    assert codes[-1] == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "'; DROP TABLE", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_address_is_what_the_outermost_proxy_of_ours_saw(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **{FORWARDED: forwarded})
    assert client_address(request) == address


def test_who_has_one_address_of_an_ipv6_network_has_all():
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{number}") for number in (1, 2)]
    assert {throttled_address(request) for request in requests} == {"2001:db8::"}


def test_server_that_does_not_tell_addresses_still_counts_failures(anna):
    assert fail(LIMIT, REMOTE_ADDR="")[-1] == 429


@pytest.mark.parametrize("change", ["is_active", "is_staff"])
def test_session_ends_at_once_when_the_account_is_no_longer_staff(client, anna, change):
    client.force_login(anna)
    assert client.get("/lv/admin/").status_code == 200
    setattr(anna, change, False)
    anna.save()
    assert client.get("/lv/admin/").status_code == 302


def test_new_password_ends_the_other_sessions_and_keeps_this_one(anna):
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(anna)
    new = {"old_password": "pass", "new_password1": "Ozols-un-liepa", "new_password2": "Ozols-un-liepa"}
    assert here.post("/lv/admin/password_change/", new).status_code == 302
    assert here.get("/lv/admin/").status_code == 200
    assert there.get("/lv/admin/").status_code == 302


def test_account_that_was_locked_counts_from_the_present(anna):
    before = timezone.now()
    attempt()
    assert AccessAttempt.objects.get().attempt_time >= before
