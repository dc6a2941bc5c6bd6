"""No English is left in the Latvian admin, that of packages included."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import django
import import_export
import modeltranslation
import polib
import pytest
import simple_history
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from .every_address import Site, addresses
from .test_translations import OURS

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

SPOKEN = {"alt", "aria-label", "label", "placeholder", "title"}
# What is the same in both languages, or is there on purpose: the switcher names each language in its own words.
COMMON = {"English", "Imports"}
# Words of nearly every English sentence, and none of them Latvian: some sentences are in no catalogue.
ENGLISH_WORDS = re.compile(r"\b(the|this|that|will|with|and|you|your|for|from|are|be|is|of|if)\b", re.I)


class Reader(HTMLParser):
    """Collects what a page says: its text, and the attributes that are read out or shown."""

    def __init__(self):
        super().__init__()
        self.said, self.silent = set(), 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")
        spoken = SPOKEN | ({"value"} if dict(attrs).get("type") in ("submit", "button", "reset") else set())
        self.said |= {value.strip() for name, value in attrs if name in spoken and value}

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.said.add(" ".join(data.split()))


def english_of(package, name="django"):
    """The English of the catalogues of `package`: that of Django is there itself, of others the keys."""
    folder = Path(package.__file__).parent
    own = sorted(folder.glob(f"**/locale/en/LC_MESSAGES/{name}.po"))
    for path in own or sorted(folder.glob(f"**/locale/*/LC_MESSAGES/{name}.po")):
        yield from polib.pofile(str(path))


@pytest.fixture(scope="module")
def english():
    """A pattern for each sentence of the English catalogues; what stands in a place is anything."""
    entries = [
        entry
        for package in (django, import_export, modeltranslation, simple_history)
        for entry in english_of(package)
    ]
    entries += [entry for entry in polib.pofile(str(OURS)) if entry.msgstr != entry.msgid]
    texts = {text.strip() for entry in entries for text in (entry.msgid, entry.msgid_plural) if text}
    texts = {" ".join(text.split()) for text in texts}
    plain = {text for text in texts if re.search("[A-Za-z]{2}", text) and "%" not in text and "{" not in text}
    plain |= {text.rstrip(":.?") for text in plain} | {text[0].upper() + text[1:] for text in plain}
    return plain - COMMON


def said_in_english(response, english):
    reader = Reader()
    reader.feed(response.content.decode())
    known = ({text.rstrip(":*").strip() for text in reader.said} | reader.said) & english
    return known | set(filter(ENGLISH_WORDS.search, reader.said))


def test_no_page_of_the_latvian_admin_says_anything_in_english(english):
    site = Site("superuser")
    found = {}
    for name, route in addresses():
        if not name.startswith("admin:") or not route.startswith("lv/"):
            continue
        for method in ("GET", "POST"):
            with transaction.atomic():
                response = site.respond(name, route, method)
                is_page = response["Content-Type"].startswith("text/html")
                if said := said_in_english(response, english) if is_page else None:
                    found[name, method] = said
                transaction.set_rollback(True)
    assert found == {}


def test_forms_of_the_latvian_admin_are_refused_in_latvian(english):
    site = Site("superuser")
    found = {}
    for name, route in addresses():
        if re.search("_add$|_import$|login$|password_change$|_export$", name):
            for data in ({}, {"slug": "Ā b", "signed_on": "32", "website": "x", "username": "/"}):
                response = site.client.post(site.path(name, route), data)
                if said := said_in_english(response, english):
                    found[name] = said
    assert found == {}


def test_scripts_of_the_admin_speak_latvian(admin_client):
    """What a script says comes from this catalogue, and is English where it has no entry."""
    asked = {
        f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        for entry in english_of(django.contrib.admin, "djangojs")
    }
    with override("lv"):
        script = admin_client.get(reverse("admin:jsi18n")).content.decode()
    catalogue = json.loads(re.search(r"const newcatalog = (\{.*?\});", script, re.S)[1])
    assert asked - catalogue.keys() == set()
    assert {key for key in asked if catalogue[key] == key} == set()
