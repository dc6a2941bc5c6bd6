"""Who reads the database, or a backup of it, has no recovery code to log in with."""

import pytest
from django.core.management import call_command
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from .test_second_factor import CODE, is_in, logged_in_with_password, set_up

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_user("anna", password="pass", is_staff=True)


def lets_in(code, user="anna"):
    client = logged_in_with_password(user)
    StaticDevice.objects.update(throttling_failure_count=0)
    client.post(CODE, {"code": code})
    return is_in(client)


def test_database_holds_nothing_that_could_be_typed_as_a_code(anna):
    codes = {code.replace("-", "") for code in set_up(anna)}
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert (len(codes), len(kept), codes & kept) == (10, 10, set())
    assert not any(map(lets_in, kept))
    assert StaticToken.objects.count() == 10


def test_digest_is_that_of_one_account(anna, django_user_model):
    zane = django_user_model.objects.create_user("zane", password="pass", is_staff=True)
    code = set_up(anna)[0]
    set_up(zane)
    device = StaticDevice.objects.get(user=zane)
    StaticToken.objects.filter(device=device).delete()
    StaticToken.objects.filter(device__user=anna).update(device=device)
    assert not lets_in(code, "zane")


def test_code_is_good_while_its_secret_key_is_known(anna, settings):
    first, second, third, *_others = set_up(anna)
    assert lets_in(first)
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 8
    assert not lets_in(second)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert [lets_in(code) for code in (first, second, third, third)] == [False, True, True, False]


@pytest.mark.django_db(transaction=True)
def test_code_that_was_kept_in_the_clear_goes_on_working_once(anna):
    set_up(anna)
    device = StaticDevice.objects.get(user=anna)
    call_command("migrate", "partners", "0014", verbosity=0)
    StaticToken.objects.all().delete()
    StaticToken.objects.create(device=device, token="abcdefgh")
    call_command("migrate", "partners", verbosity=0)
    [kept] = StaticToken.objects.values_list("token", flat=True)
    assert (len(kept), "abcdefgh" in kept) == (16, False)
    assert [lets_in(code) for code in (kept, "abcd-efgh", "abcd-efgh")] == [False, True, False]


@pytest.mark.django_db(transaction=True)
def test_migrating_again_leaves_digests_alone(anna):
    code = set_up(anna)[0]
    call_command("migrate", "partners", "0014", verbosity=0)
    call_command("migrate", "partners", verbosity=0)
    assert lets_in(code)
