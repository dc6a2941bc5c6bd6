"""Reminders by e-mail: each event once to everybody who wants it, in the language of the reader."""

import io
import os
import shutil
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import CommandError, call_command

from partners.imports import undo
from partners.models import Agreement, DigestSubscription, SentReminder, SpreadsheetImport

from .factories import make_agreement, make_city
from .spreadsheets import sheet
from .test_admin import admin_url, form_data, posted

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


def digest(day=TODAY):
    """What the command says on `day`."""
    output = io.StringIO()
    call_command("digest", date=day, stdout=output, stderr=output)
    return output.getvalue()


def digest_that_fails():
    output = io.StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("digest", date=TODAY, stdout=output, stderr=output)
    assert failure.value.returncode == 1
    return output.getvalue()


@pytest.fixture
def subscribe(django_user_model):
    def make(name="anna", *, language="lv", may_view=True, **values):
        values = {"email": f"{name}@example.org", "is_staff": True, **values}
        user = django_user_model.objects.create_user(name, **values)
        if may_view:
            user.user_permissions.add(Permission.objects.get(codename="view_agreement"))
        return DigestSubscription.objects.create(user=user, language=language)

    return make


def html_of(message):
    [alternative] = message.alternatives
    assert alternative.mimetype == "text/html"
    return alternative.content


def test_mail_tells_in_plain_text_what_is_due_and_what_has_ended(subscribe):
    cesis = make_city("cesis", name_lv="Cēsis")
    due = make_agreement(
        cesis, signed_on="2012-09", valid_until="2027-06-30", notice_months=2, renews_automatically=True
    )
    expired = make_agreement(cesis, signed_on="2001", valid_until="2026-10", renews_automatically=False)
    renewed = make_agreement(cesis, signed_on="1999", valid_until="2025", renews_automatically=True)
    subscription = subscribe()
    assert digest() == "sent: 1, failed: 0\n"
    [message] = mail.outbox
    assert message.to == ["anna@example.org"]
    assert message.subject == "Sadarbības partneru reģistrs: 3 atgādinājumi"
    base = "http://127.0.0.1:8000/lv/admin/partners"
    assert (
        message.body
        == f"""\
Laiks lemt par pagarināšanu

* Cēsis – sadarbības līgums, 2012. gada septembris
  Spēkā līdz: 2027. gada 30. jūnijs
  Uzteikt līdz: 2027. gada 30. aprīlis
  Pagarinās automātiski
  {base}/agreement/{due.pk}/change/

Termiņš beidzies

* Cēsis – sadarbības līgums, 2001. gads
  Spēkā līdz: 2026. gada oktobris
  {base}/agreement/{expired.pk}/change/

Automātiski pagarināts

* Cēsis – sadarbības līgums, 1999. gads
  Spēkā līdz: 2025. gads
  {base}/agreement/{renewed.pk}/change/

--
Jūs abonējat šos atgādinājumus. Abonementu var mainīt vai atcelt šeit:
{base}/digestsubscription/{subscription.pk}/change/
"""
    )


@pytest.mark.parametrize(
    ("language", "count", "subject"),
    [
        ("lv", 1, "Sadarbības partneru reģistrs: 1 atgādinājums"),
        ("lv", 2, "Sadarbības partneru reģistrs: 2 atgādinājumi"),
        ("lv", 21, "Sadarbības partneru reģistrs: 21 atgādinājums"),
        ("en", 1, "Register of partnerships: 1 reminder"),
        ("en", 2, "Register of partnerships: 2 reminders"),
    ],
)
def test_mail_speaks_the_language_of_the_reader(subscribe, language, count, subject):
    city = make_city(name_lv="Cēsis", name_en="Cesis")
    for number in range(count):
        make_agreement(city, slug=f"a-{number}", valid_until="2026-10")
    subscribe(language=language)
    digest()
    [message] = mail.outbox
    assert message.subject == subject
    titles = {"lv": "Cēsis – sadarbības līgums", "en": "Cesis – cooperation agreement"}
    ends = {"lv": "Spēkā līdz: 2026. gada oktobris", "en": "Valid until: October 2026"}
    for body in (message.body, html_of(message)):
        assert body.count(titles[language]) == count
        assert body.count(ends[language]) == count
        assert f"http://127.0.0.1:8000/{language}/admin/partners/agreement/" in body
    assert f'<html lang="{language}">' in html_of(message)


def test_names_are_escaped_in_html_and_as_they_are_in_plain_text(subscribe, settings):
    settings.SITE_URL = "https://register.example.org"
    kept = make_agreement(make_city(name_lv="Tukums & <b>draugi</b>"), valid_until="2026-10")
    subscribe()
    digest()
    [message] = mail.outbox
    assert "* Tukums & <b>draugi</b> – sadarbības līgums\n" in message.body
    address = f"https://register.example.org/lv/admin/partners/agreement/{kept.pk}/change/"
    title = "Tukums &amp; &lt;b&gt;draugi&lt;/b&gt; – sadarbības līgums"
    assert f'<a href="{address}">{title}</a>' in html_of(message)


def test_nobody_is_told_twice_and_there_is_no_mail_without_news(subscribe):
    make_agreement(valid_until="2026-10")
    subscribe()
    assert [digest(), digest(), digest(date(2026, 12, 24))] == [
        "sent: 1, failed: 0\n",
        "sent: 0, failed: 0\n",
        "sent: 0, failed: 0\n",
    ]
    subscribe("berta")
    assert digest() == "sent: 1, failed: 0\n"
    assert [message.to for message in mail.outbox] == [["anna@example.org"], ["berta@example.org"]]


def test_there_is_nothing_to_tell_of_running_stopped_and_unknown_terms(subscribe):
    city = make_city()
    make_agreement(city, slug="running", valid_until="2030")
    make_agreement(city, slug="ended", valid_until="2020", status="ended")
    make_agreement(city, slug="suspended", valid_until="2020", status="suspended")
    make_agreement(city, slug="unknown", notice_months=6)
    subscribe()
    assert (digest(), mail.outbox) == ("sent: 0, failed: 0\n", [])


def test_end_of_the_term_is_told_after_the_deadline_for_notice(subscribe):
    make_agreement(valid_until="2027-06-30", notice_months=2)
    subscribe()
    for day in (TODAY, date(2027, 5, 1), date(2027, 7, 1)):
        digest(day)
    told = SentReminder.objects.order_by("pk").values_list("event", "due_on")
    assert list(told) == [("notice-due", "2027-04-30"), ("expired", "2027-06-30")]


def test_each_renewal_of_what_runs_on_is_told_with_its_own_dates(subscribe):
    make_agreement(
        make_city(),
        slug="a",
        signed_on="2020-01-10",
        valid_until="2022-01-09",
        renews_automatically=True,
        notice_months=2,
    )
    subscribe(language="en")
    digest(date(2026, 2, 1))
    digest(date(2026, 9, 1))
    digest(date(2027, 6, 1))
    digest(date(2027, 6, 2))
    digest(date(2028, 1, 10))
    told = SentReminder.objects.order_by("pk").values_list("event", "due_on")
    assert list(told) == [
        ("renewed", "2026-01-09"),
        ("notice-due", "2027-11-09"),
        ("renewed", "2028-01-09"),
    ]
    renewed, due, _again = (message.body for message in mail.outbox)
    assert (
        "Valid until: 9 January 2026\n  Notice by: 9 November 2027\n  Next renewal: 9 January 2028" in renewed
    )
    assert "Valid until: 9 January 2028\n  Notice by: 9 November 2027\n  Renews automatically" in due


def test_changed_deadline_is_told_anew(subscribe):
    make_agreement(valid_until="2027-06-30", notice_months=2)
    subscribe()
    digest()
    Agreement.objects.update(valid_until="2027-07-15")
    assert digest() == "sent: 1, failed: 0\n"
    assert "Uzteikt līdz: 2027. gada 15. maijs" in mail.outbox[1].body


@pytest.mark.parametrize(
    "values", [{"is_active": False}, {"is_staff": False}, {"may_view": False}, {"email": ""}]
)
def test_who_may_not_see_agreements_or_has_no_address_gets_no_mail(subscribe, values):
    make_agreement(valid_until="2026-10")
    subscribe(**values)
    subscribe("zane", may_view=False, is_superuser=True)
    assert digest() == "sent: 1, failed: 0\n"
    assert [message.to for message in mail.outbox] == [["zane@example.org"]]


def test_failure_of_one_recipient_keeps_none_of_the_others_from_the_mail_and_is_tried_again(subscribe):
    make_agreement(valid_until="2026-10")
    broken = subscribe("anna", email="anna@example.org\nBcc: all@example.org")
    subscribe("berta")
    output = digest_that_fails()
    assert output.endswith("sent: 1, failed: 1\n")
    assert r"'anna@example.org\nBcc: all@example.org': " in output
    assert [message.to for message in mail.outbox] == [["berta@example.org"]]
    assert [told.subscription.user.username for told in SentReminder.objects.all()] == ["berta"]
    broken.user.email = "anna@example.org"
    broken.user.save()
    assert digest() == "sent: 1, failed: 0\n"
    assert mail.outbox[1].to == ["anna@example.org"]


def test_date_that_is_none_is_refused_in_words():
    with pytest.raises(CommandError, match="tomorrow is not a date; write YYYY-MM-DD"):
        call_command("digest", "--date=tomorrow")


@pytest.mark.parametrize("count", [1, 20])
def test_digest_asks_the_database_as_often_for_many_agreements_as_for_few(
    subscribe, django_assert_num_queries, count
):
    city = make_city()
    for number in range(count):
        make_agreement(city, slug=f"a-{number}", valid_until="2026-10")
    subscribe()
    with django_assert_num_queries(8):
        digest()


def in_an_installation(folder, *command, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_unreachable_mail_server_is_a_failure_and_nothing_is_remembered_as_sent(tmp_path, migrated):
    prepared = (
        "from django.contrib.auth.models import User\n"
        "user = User.objects.create_superuser('anna', 'anna@example.org', 'pass')\n"
        "DigestSubscription.objects.create(user=user)\n"
        "city = City.objects.create(slug='tukums', name_lv='Tukums', country='LV')\n"
        "Agreement.objects.create(city=city, valid_until='2020')\n"
    )
    shutil.copy(migrated, tmp_path)
    imports = "from partners.models import Agreement, City, DigestSubscription, SentReminder\n"
    assert in_an_installation(tmp_path, "shell", "-c", imports + prepared, LOCAL="1").returncode == 0
    failed = in_an_installation(tmp_path, "digest", LOCAL="1", EMAIL_URL="smtp://127.0.0.1:1")
    assert (failed.returncode, failed.stdout) == (1, "sent: 0, failed: 1\n")
    assert failed.stderr.startswith("'anna@example.org': [Errno 111]")
    succeeded = in_an_installation(tmp_path, "digest", LOCAL="1")
    assert succeeded.returncode == 0
    assert "From: register@127.0.0.1\n" in succeeded.stdout
    assert succeeded.stdout.endswith("sent: 1, failed: 0\n")


def test_command_says_which_setting_is_missing(tmp_path):
    secrets = {"SECRET_KEY": "k7Q!" * 16 + "zX9-pl", "ALLOWED_HOSTS": "register.example.org"}
    outcome = in_an_installation(tmp_path, "digest", **secrets)
    assert outcome.returncode == 2
    assert outcome.stderr == "CommandError: Set EMAIL_URL to the mail server; see README.md.\n"


# The subscriptions in the admin


@pytest.fixture
def officer(user_with):
    user = user_with("view_agreement")
    user.email = "officer@example.org"
    user.save()
    return user


@pytest.mark.ignore_template_errors
def test_officer_subscribes_for_the_own_account_only(client, officer, subscribe):
    other = subscribe("berta")
    client.force_login(officer)
    add = admin_url(DigestSubscription, "add")
    form = client.get(add).context["adminform"].form
    assert list(form.fields["user"].queryset) == [officer]
    client.post(add, {"user": other.user.pk, "language": "en"})
    assert list(DigestSubscription.objects.all()) == [other]
    posted(client, add, {"language": "en"})
    own = DigestSubscription.objects.get(user=officer)
    assert own.language == "en"

    listed = client.get(admin_url(DigestSubscription, "changelist")).context["cl"].result_list
    assert list(listed) == [own]
    # As of what does not exist, Django leads to the front page.
    assert client.get(admin_url(DigestSubscription, "change", other.pk)).url == "/lv/admin/"
    client.post(admin_url(DigestSubscription, "delete", other.pk), {"post": "yes"})
    client.post(admin_url(DigestSubscription, "delete", own.pk), {"post": "yes"})
    assert list(DigestSubscription.objects.all()) == [other]


@pytest.mark.ignore_template_errors
def test_administrator_looks_after_all_subscriptions(admin_client, subscribe):
    subscriptions = [subscribe("anna"), subscribe("berta")]
    listed = admin_client.get(admin_url(DigestSubscription, "changelist")).context["cl"].result_list
    assert set(listed) == set(subscriptions)
    posted(admin_client, admin_url(DigestSubscription, "change", subscriptions[0].pk), {"language": "en"})
    assert DigestSubscription.objects.get(user__username="anna").language == "en"


@pytest.mark.ignore_template_errors
def test_second_subscription_and_account_without_an_address_are_explained(client, officer):
    client.force_login(officer)
    add = admin_url(DigestSubscription, "add")
    officer.email = ""
    officer.save()
    data = form_data(client.get(add))
    errors = client.post(add, data).context["adminform"].form.non_field_errors()
    assert errors == ["Kontam nav norādīta e-pasta adrese. To var ievadīt administrators."]
    DigestSubscription.objects.create(user=officer)
    errors = client.post(add, data).context["adminform"].form.errors["user"]
    assert errors == ["Šim kontam jau ir atgādinājumu abonements."]


@pytest.mark.ignore_template_errors
def test_who_may_not_view_agreements_finds_no_subscriptions(client, user_with):
    client.force_login(user_with("view_city"))
    assert client.get(admin_url(DigestSubscription, "changelist")).status_code == 403
    assert client.get(admin_url(DigestSubscription, "add")).status_code == 403
    models = [
        model["object_name"]
        for app in client.get("/lv/admin/").context["app_list"]
        for model in app["models"]
    ]
    assert models == ["City"]


def test_import_that_has_been_told_of_can_be_undone(tmp_path, subscribe, admin_user):
    make_city("tukums")
    path = tmp_path / "agreements.csv"
    path.write_bytes(sheet(["slug", "city", "kind", "valid_until"], ["a", "tukums", "cooperation", "2020"]))
    call_command("import", "agreements", str(path), stdout=io.StringIO())
    subscribe()
    digest()
    assert SentReminder.objects.count() == 1
    undo(SpreadsheetImport.objects.applied().get(), admin_user)
    assert (Agreement.objects.count(), SentReminder.objects.count()) == (0, 0)
