"""An address that is longer than any of the site's own is refused before anything reads it."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from partners.long_addresses import LONGEST, LongAddressesMiddleware

from .every_address import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

HEADINGS = {"lv": "<h1>Adrese ir pārāk gara</h1>", "en": "<h1>The address is too long</h1>"}


def too_long(path, query="", **headers):
    """The answer to an address of one character too many; whoever is asked further would fail."""

    def further(request):
        raise AssertionError(request.path)

    filled = (f"{path}?{query}" if query else path).ljust(LONGEST + 1, "a")
    return LongAddressesMiddleware(further)(RequestFactory().get(filled, headers=headers))


@pytest.mark.parametrize(
    ("path", "query", "language"),
    [
        ("/lv/partneri/", "q=", "lv"),
        ("/en/partners/", "q=", "en"),
        ("/lv/partneri/", "", "lv"),
        ("/en/admin/partners/city/", "q=", "en"),
        ("/lv/admin/", "", "lv"),
        ("/sitemap.xml", "a=", "lv"),
    ],
)
def test_address_that_is_too_long_is_refused_in_its_language_before_anything_reads_it(path, query, language):
    answer = too_long(path, query)
    assert (answer.status_code, HEADINGS[language] in answer.content.decode()) == (414, True)
    assert f'<html lang="{language}">' in answer.content.decode()


def test_address_without_a_language_is_refused_in_the_one_that_was_asked_for():
    answer = too_long("/", "a=", accept_language="en")
    assert (answer.status_code, HEADINGS["en"] in answer.content.decode()) == (414, True)


def test_program_is_told_in_a_problem_document():
    answer = too_long("/api/v1/partners", "q=")
    assert (answer.status_code, answer["Content-Type"]) == (414, "application/problem+json")
    assert "Adrese ir pārāk gara." in answer.content.decode()


@pytest.mark.parametrize("letter", ["š", "\N{HANDSHAKE}", "%"])
def test_letters_count_as_they_are_sent(letter):
    request = RequestFactory().get("/lv/" + letter * (LONGEST // 4))
    assert LongAddressesMiddleware(HttpResponse)(request).status_code == (414 if letter != "%" else 200)


def test_address_up_to_the_limit_is_answered(client, register):
    address = "/lv/partneri/?nothing=".ljust(LONGEST, "&")
    assert [client.get(address + more).status_code for more in ("", "&")] == [200, 414]


def test_login_leads_back_to_a_long_address(client, admin_user):
    address = "/lv/admin/partners/city/?q=".ljust(LONGEST // 4, "&")
    login = client.get(address).url
    posted = client.post(login, {"username": "admin", "password": "password", "next": address})
    assert posted.url == address


def test_no_address_of_the_site_is_near_the_limit():
    assert max(len(route) for _name, route in addresses()) < LONGEST / 20
