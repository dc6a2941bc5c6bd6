"""After the password a code is asked for, from whoever has set it up; from a role, where it is required."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from partners.models import SecondFactorRequirement
from partners.roles import Role

from .factories import make_document
from .test_admin import posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

DESK, LOGIN, CODE, SETUP = (
    "/lv/admin/",
    "/lv/admin/login/",
    "/lv/admin/login/code/",
    "/lv/admin/second-factor/",
)
PICTURE = f"{SETUP}code.svg"


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_user("anna", password="pass", is_staff=True)


def code(user):
    """What the app of `user` shows; as if the last one had been used a while ago."""
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    device = TOTPDevice.objects.get(user=user)
    return f"{TOTP(device.bin_key, drift=device.drift).token():06}"


def wrong(user):
    return f"{(int(code(user)) + 1) % 1_000_000:06}"


def set_up(user):
    """Set the second factor of `user` up, and return the recovery codes."""
    client = Client()
    client.force_login(user)
    client.post(SETUP, {"begin": "1"})
    return codes_in(client.post(SETUP, {"code": code(user)}))


def codes_in(response):
    return re.findall(r"<code>([a-z2-7]{4}-[a-z2-7]{4})</code>", response.content.decode())


def logged_in_with_password(user="anna", password="pass"):
    client = Client()
    client.post(f"{LOGIN}?next={DESK}", {"username": user, "password": password})
    return client


def is_in(client):
    return client.get(DESK).status_code == 200


def require(role):
    SecondFactorRequirement.objects.create(group=Group.objects.get(name=role))


def where(response):
    return response.redirect_chain[-1][0].partition("?")[0]


def test_officer_sets_it_up_and_is_asked_for_a_code_from_then_on(anna):
    client = Client()
    client.force_login(anna)
    assert client.post(SETUP, {"begin": "1"}).status_code == 302
    page = client.get(SETUP).content.decode()
    key = TOTPDevice.objects.get(user=anna)
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[1]
    assert f"secret={secret.replace(' ', '')}" in key.config_url
    assert not key.confirmed
    assert len(codes_in(client.post(SETUP, {"code": code(anna)}))) == 10
    assert is_in(client)
    client = Client()
    response = client.post(LOGIN, {"username": "anna", "password": "pass", "next": DESK}, follow=True)
    assert where(response) == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": code(anna), "next": DESK}).url == DESK
    assert is_in(client)


def test_second_factor_is_off_until_a_code_has_been_right(anna):
    client = Client()
    client.force_login(anna)
    client.post(SETUP, {"begin": "1"})
    response = client.post(SETUP, {"code": wrong(anna)})
    assert "Šis kods nav pareizs" in response.content.decode()
    assert is_in(logged_in_with_password())


def test_picture_shows_the_secret_to_its_owner_only_and_only_until_it_is_confirmed(anna, django_user_model):
    client = Client()
    client.force_login(anna)
    assert client.get(PICTURE).status_code == 404
    client.post(SETUP, {"begin": "1"})
    picture = client.get(PICTURE)
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert not re.search("style|script|href", picture.content.decode())
    other = Client()
    assert other.get(PICTURE).status_code == 404
    other.force_login(django_user_model.objects.create_user("zane", is_staff=True))
    assert other.get(PICTURE).status_code == 404
    client.post(SETUP, {"code": code(anna)})
    assert client.get(PICTURE).status_code == 404


@pytest.mark.parametrize(
    "address", [DESK, "/lv/admin/partners/city/", "/lv/admin/password_change/", SETUP, PICTURE]
)
def test_password_alone_opens_nothing(anna, address):
    set_up(anna)
    response = logged_in_with_password().get(address)
    assert response.status_code in (302, 404)


def test_password_alone_opens_no_unpublished_document(user_as):
    editor = user_as(Role.EDITOR)
    set_up(editor)
    document = make_document(is_published=False)
    address = document.get_absolute_url()
    entering = logged_in_with_password("editor").get(address)
    assert entering.status_code == Client().get(address).status_code


def test_code_is_good_once(anna):
    set_up(anna)
    first, second = logged_in_with_password(), logged_in_with_password()
    shown = code(anna)
    first.post(CODE, {"code": shown})
    second.post(CODE, {"code": shown})
    assert [is_in(first), is_in(second)] == [True, False]


def test_recovery_code_is_good_once_however_it_is_written(anna):
    recovery, *_others = set_up(anna)
    first, second = logged_in_with_password(), logged_in_with_password()
    first.post(CODE, {"code": f" {recovery.upper().replace('-', ' ')} "})
    second.post(CODE, {"code": recovery})
    assert [is_in(first), is_in(second)] == [True, False]
    assert "Atlikuši 9 atkopšanas kodi." in first.get(SETUP).content.decode()


def test_guessing_codes_is_slowed_down_and_told_until_when(anna):
    set_up(anna)
    client = logged_in_with_password()
    client.post(CODE, {"code": wrong(anna)})
    TOTPDevice.objects.update(throttling_failure_count=10, throttling_failure_timestamp=timezone.now())
    page = client.post(CODE, {"code": code(anna)}).content.decode()
    assert re.search(r"Pārāk daudz nepareizu kodu. Mēģiniet vēlreiz plkst. \d\d:\d\d:\d\d.", page)
    assert not is_in(client)
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=600))
    client.post(CODE, {"code": code(anna)})
    assert is_in(client)


def test_right_code_is_taken_after_one_or_two_wrong_ones(anna):
    recovery, *_others = set_up(anna)
    for guesses, typed in (
        ([wrong(anna), wrong(anna)], lambda: code(anna)),
        (["aaaa-aaaa", "aaaa-aaaa"], lambda: recovery),
    ):
        client = logged_in_with_password()
        for guess in guesses:
            assert "Šis kods nav pareizs" in client.post(CODE, {"code": guess}).content.decode()
        client.post(CODE, {"code": typed()})
        assert is_in(client)


def test_wait_begins_with_the_third_wrong_code_and_grows(anna):
    set_up(anna)
    client = logged_in_with_password()
    guesses = [client.post(CODE, {"code": wrong(anna)}).context["form"].errors["code"] for _time in range(4)]
    assert ["Pārāk daudz" in str(errors) for errors in guesses] == [False, False, False, True]
    device = TOTPDevice.objects.get(user=anna)
    assert device.throttling_failure_count == 3
    assert device.verify_is_allowed()[1]["locked_until"] == device.throttling_failure_timestamp + timedelta(
        seconds=4
    )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("lv", r"Pārāk daudz nepareizu kodu. Mēģiniet vēlreiz \d\d.\d\d.\d{4}. plkst. \d\d:\d\d:\d\d."),
        ("en", r"Too many wrong codes. Try again on \d+ \w{3} \d{4} at \d\d:\d\d:\d\d."),
    ],
)
def test_wait_that_passes_midnight_says_its_day(anna, language, sentence):
    set_up(anna)
    client = logged_in_with_password()
    TOTPDevice.objects.update(throttling_failure_count=18, throttling_failure_timestamp=timezone.now())
    address = CODE.replace("/lv/", f"/{language}/")
    [problem] = client.post(address, {"code": code(anna)}).context["form"].errors["code"]
    assert re.fullmatch(sentence, problem)


def test_guessing_recovery_codes_is_slowed_down_too(anna):
    recovery, *_others = set_up(anna)
    client = logged_in_with_password()
    for _time in range(3):
        client.post(CODE, {"code": "aaaa-aaaa"})
    client.post(CODE, {"code": recovery})
    assert not is_in(client)


@pytest.mark.parametrize("typed", ["", "١٢٣٤٥٦", "1_2_3_4", "-12345", "0x1234", "'; --", "a" * 40, "\0"])
def test_anything_else_is_a_wrong_code(anna, typed):
    set_up(anna)
    client = logged_in_with_password()
    assert client.post(CODE, {"code": typed}).status_code == 200
    assert not is_in(client)


def test_other_sessions_are_asked_for_a_code_once_it_is_on(anna):
    there = Client()
    there.force_login(anna)
    set_up(anna)
    assert where(there.get(DESK, follow=True)) == CODE


def test_login_that_goes_on_where_one_has_ended_asks_for_a_code_again(anna, settings):
    set_up(anna)
    client = logged_in_with_password()
    client.post(CODE, {"code": code(anna)})
    client.post(LOGIN, {"username": "anna", "password": "pass"})
    assert not is_in(client)


def test_code_gets_nobody_in_without_the_password(anna):
    set_up(anna)
    client = Client()
    assert client.post(CODE, {"code": code(anna)}).url.startswith(LOGIN)
    assert not is_in(client)


def test_who_does_not_get_further_logs_in_with_another_account(anna, admin_user):
    set_up(anna)
    client = logged_in_with_password()
    assert client.post(CODE, {"leave": "1"}).url == LOGIN
    client.post(LOGIN, {"username": "admin", "password": "password"})
    assert is_in(client)


def test_officer_goes_on_to_where_he_wanted_to_go_and_to_no_other_site(anna):
    set_up(anna)
    client = logged_in_with_password()
    wanted = "/lv/admin/partners/city/?q=R%C4%ABga"
    response = client.get(wanted, follow=True)
    assert where(response) == CODE
    hidden = response.context["next"]
    assert client.post(CODE, {"code": code(anna), "next": hidden}).url == wanted
    client = logged_in_with_password()
    assert client.post(CODE, {"code": code(anna), "next": "https://evil.example/"}).url == DESK


def test_switching_off_and_new_recovery_codes_need_a_code(anna):
    old, *_others = set_up(anna)
    client = logged_in_with_password()
    client.post(CODE, {"code": code(anna)})
    client.post(SETUP, {"code": wrong(anna), "off": "1"})
    assert TOTPDevice.objects.filter(user=anna).exists()
    TOTPDevice.objects.update(throttling_failure_count=0)
    new = codes_in(client.post(SETUP, {"code": code(anna), "codes": "1"}))
    assert len(new) == 10
    assert old not in new
    client.post(SETUP, {"code": new[0], "off": "1"})
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    assert is_in(logged_in_with_password())


def test_role_that_has_to_have_one_is_led_to_it_before_anything_else(user_as):
    editor = user_as(Role.EDITOR)
    there = Client()
    there.force_login(editor)
    require(Role.EDITOR)
    assert where(there.get(DESK, follow=True)) == SETUP
    client = logged_in_with_password("editor")
    response = client.get("/lv/admin/partners/city/", follow=True)
    assert where(response) == SETUP
    assert "Jūsu kontam ir vajadzīgs otrais faktors." in response.content.decode()
    client.post(SETUP, {"begin": "1"})
    assert client.get(PICTURE).status_code == 200
    assert not is_in(client)
    response = client.post(SETUP, {"code": code(editor), "next": "/lv/admin/partners/city/"})
    assert len(codes_in(response)) == 10
    assert 'href="/lv/admin/partners/city/"' in response.content.decode()
    assert is_in(client)


def test_what_is_required_cannot_be_switched_off(user_as):
    editor = user_as(Role.EDITOR)
    set_up(editor)
    require(Role.EDITOR)
    client = logged_in_with_password("editor")
    client.post(CODE, {"code": code(editor)})
    assert 'name="off"' not in client.get(SETUP).content.decode()
    client.post(SETUP, {"code": code(editor), "off": "1"})
    assert TOTPDevice.objects.filter(user=editor).exists()


def test_other_roles_need_not_and_superusers_have_to_as_soon_as_anybody_has_to(user_as, admin_user):
    user_as(Role.VIEWER)
    require(Role.EDITOR)
    assert is_in(logged_in_with_password("viewer"))
    client = Client()
    client.force_login(admin_user)
    assert where(client.get(DESK, follow=True)) == SETUP


def test_administrator_requires_it_of_a_role_and_takes_that_back(client, user_as):
    client.force_login(user_as(Role.ADMINISTRATOR))
    group = Group.objects.get(name=Role.PUBLISHER)
    page = client.get(reverse("admin:partners_secondfactorrequirement_add"))
    choices = page.context["adminform"].form.fields["group"].choices
    assert "Publicētājs" in [label for _value, label in choices]
    client.post(reverse("admin:partners_secondfactorrequirement_add"), {"group": group.pk})
    requirement = SecondFactorRequirement.objects.get()
    assert requirement.group == group
    client.post(
        reverse("admin:partners_secondfactorrequirement_delete", args=[requirement.pk]), {"post": "yes"}
    )
    assert not SecondFactorRequirement.objects.exists()


@pytest.mark.parametrize(
    ("role", "has_one", "told"),
    [
        (None, False, "Tas attiecas arī uz jums, tiklīdz saglabāsiet."),
        (
            Role.ADMINISTRATOR,
            False,
            "Ja tā ir piešķirta jums, tas attiecas arī uz jums, tiklīdz saglabāsiet.",
        ),
        (None, True, ""),
    ],
)
def test_what_a_requirement_does_at_once_is_said_before_it_is_saved(
    client, user_as, admin_user, role, has_one, told
):
    user = user_as(role) if role else admin_user
    client.force_login(user)
    if has_one:
        set_up(user)
        client = logged_in_with_password("admin", "password")
        client.post(CODE, {"code": code(user)})
    page = client.get(reverse("admin:partners_secondfactorrequirement_add"))
    said = page.context["adminform"].form.fields["group"].help_text
    at_once = (
        "Atverot nākamo lapu, ikvienam, kam piešķirta šī loma vai grupa, un ikvienam superlietotājam "
        "vispirms būs jāiestata otrais faktors."
    )
    assert said == f"{at_once} {told}".strip()


def test_administrator_takes_away_the_second_factor_of_a_colleague_but_not_the_own(client, user_as, anna):
    administrator = user_as(Role.ADMINISTRATOR)
    for user in (anna, administrator):
        set_up(user)
    client = logged_in_with_password("administrator")
    client.post(CODE, {"code": code(administrator)})
    changes = {"reset_second_factor": "on", "date_joined_0": "2026-01-01", "date_joined_1": "09:00"}
    for user in (anna, administrator):
        url = reverse("admin:auth_user_change", args=[user.pk])
        assert ("reset_second_factor" in client.get(url).content.decode()) == (user == anna)
        posted(client, url, changes)
    assert set(User.objects.filter(totpdevice__isnull=False)) == {administrator}
    assert is_in(logged_in_with_password("anna"))


def test_administrator_sees_who_has_one(admin_client, anna):
    set_up(anna)
    page = admin_client.get(reverse("admin:auth_user_changelist"))
    assert {user.username: bool(user.second_factor) for user in page.context["cl"].queryset} == {
        "admin": False,
        "anna": True,
    }


def test_secrets_are_nobodys_to_look_at(admin_client):
    assert admin_client.get("/lv/admin/otp_totp/totpdevice/").status_code == 404
    assert admin_client.get("/lv/admin/otp_static/staticdevice/").status_code == 404


def test_who_has_been_verified_costs_no_query_more(anna, django_assert_num_queries):
    plain, verified = Client(), Client()
    plain.force_login(anna)
    with django_assert_num_queries(2):  # the session and the account
        plain.get("/lv/admin/jsi18n/")
    set_up(anna)
    verified = logged_in_with_password()
    verified.post(CODE, {"code": code(anna)})
    with django_assert_num_queries(2):
        verified.get("/lv/admin/jsi18n/")
