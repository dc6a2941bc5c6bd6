"""Whatever is searched for is words, to both databases: their signs mean nothing, and there may not be too many."""

import json
from urllib.parse import quote

import pytest

from partners.models import Agreement, City, CooperationField
from partners.text import LONGEST_SEARCH, MOST_WORDS, fold

from .every_address import with_all_rights
from .factories import make_agreement, make_city, make_field
from .test_hostile_addresses import fault

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

SIGNS = (
    *(
        '"',
        "'",
        "''",
        '"""',
        "\\",
        "\\'",
        "*",
        "^",
        "+",
        "-",
        "(",
        ")",
        "()",
        ":",
        ";",
        "--",
        "/*",
        "%",
        "_",
        "?",
    ),
    *(
        "$1",
        "{}",
        "{0}",
        "%s",
        "%(a)s",
        "|",
        "&",
        "!",
        "<->",
        "<2>",
        "!!",
        ":*",
        ":A",
        "@@",
        "\0",
        "\n",
        "\t",
    ),
    *(
        "\ud800",
        "\udfff",
        "\ufeff",
        "\u200f",
        "\u202e",
        "\u2066",
        "\u0301" * 30,
        "\N{HANDSHAKE}",
        "漢字",
        "ﷺ",
    ),
)
QUERIES = (
    *(
        'sport"',
        '"sport',
        '"sport"*',
        "sport*",
        "*sport",
        "^sport",
        "-sport",
        "+sport",
        "sport:",
        "search_text:sport",
    ),
    *(
        "NEAR(sport music)",
        "NEAR(sport, 2)",
        "sport NEAR/2 music",
        "sport AND music",
        "sport OR music",
        "NOT sport",
    ),
    *(
        "{search_text}: sport",
        "- {search_text}: sport",
        "rank:sport",
        "sport AND",
        "OR",
        "AND AND",
        "(sport",
        "sport)",
    ),
    *(
        "sport & music",
        "sport | music",
        "!sport",
        "sport <-> music",
        "sport:*",
        "sport:ABCD",
        "'sport':*A",
        "sport'",
    ),
    *(
        "sport' OR '1'='1",
        "sport'; DROP TABLE partners_city; --",
        "sport\\",
        "sport%",
        "spor_",
        "sport\0music",
    ),
    *("sp\u200fort", "\u202esport", "sport\ud800", "şport", "ｓｐｏｒｔ", "sp\u00adort", "SPORT\u0301"),
)
ENDLESS = ("a" * 8192, "š" * 8192, '"' * 8192, "sport* " * 1200, " ".join(map(str, range(2000))), "(" * 8192)
PAIRS = zip(SIGNS[::2], reversed(SIGNS[1::2]), strict=False)
HOSTILE = (*QUERIES, *(f"{one}sport{two}" for one, two in PAIRS), *ENDLESS)
PLACES = ("/lv/partneri/", "/en/agreements/", "/api/v1/agreements")
# One that searches as the site does, and one that Django searches.
LISTS = ("partners/document", "partners/merge")
OTHER_LISTS = (
    "partners/city",
    "partners/agreement",
    "partners/cooperationfield",
    "partners/spreadsheetimport",
    "auth/user",
    "auth/group",
)


@pytest.fixture
def topics():
    sport, music = make_field("sport", name_en="Sport"), make_field("music", name_en="Music")
    make_agreement(make_city("tukums"), [sport], scope_lv="Sport for all", slug="tukums-2001")
    make_agreement(make_city("saldus"), [sport, music], scope_lv="Sport or music", slug="saldus-2002")
    make_agreement(make_city("ogre"), [music], scope_lv="Music and not near", slug="ogre-2003")


@pytest.fixture
def site():
    return with_all_rights()


def asked(text):
    """`text` in an address; half a character has no place in one, so that it comes as its bytes."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def found(model, text):
    return set(model.objects.found_by(text).values_list("slug", flat=True))


@pytest.mark.parametrize("query", QUERIES)
def test_signs_mean_nothing_to_the_database(topics, query):
    for model in (City, Agreement, CooperationField):
        assert found(model, query) == found(model, fold(query))


def test_all_words_have_to_be_mentioned_those_of_the_database_too(topics):
    assert found(Agreement, "sport") == {"tukums-2001", "saldus-2002"}
    assert found(Agreement, "sport OR music") == {"saldus-2002"}
    assert found(Agreement, "sport AND music") == set()
    assert found(Agreement, "NOT near") == {"ogre-2003"}


@pytest.mark.parametrize("place", PLACES)
def test_no_search_of_a_visitor_is_a_fault(topics, client, place):
    client.raise_request_exception = False
    for text in HOSTILE:
        assert not fault(client.get(f"{place}?q={asked(text)}")), text


@pytest.mark.parametrize("place", LISTS)
def test_no_search_of_a_colleague_is_a_fault(site, place):
    for text in HOSTILE:
        assert not fault(site.client.get(f"/lv/admin/{place}/?q={asked(text)}")), text


def test_nothing_typed_into_a_field_is_a_fault(site):
    for text in HOSTILE:
        query = f"app_label=partners&model_name=agreement&field_name=supplements&term={asked(text)}"
        assert not fault(site.client.get(f"/lv/admin/autocomplete/?{query}")), text


TOO_LONG = {
    "lv": f"Meklējamais teksts nedrīkst būt garāks par {LONGEST_SEARCH} rakstzīmēm.",
    "en": f"Search for at most {LONGEST_SEARCH} characters.",
}
TOO_MANY = {
    "lv": f"Meklējiet ne vairāk kā {MOST_WORDS} vārdus.",
    "en": f"Search for at most {MOST_WORDS} words.",
}
WORDS = [f"{number}a" for number in range(MOST_WORDS + 1)]


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize(
    ("text", "sentences"), [("a" * (LONGEST_SEARCH + 1), TOO_LONG), (" ".join(WORDS), TOO_MANY)]
)
def test_visitor_and_program_are_told_that_a_search_is_too_long(client, register, language, text, sentences):
    page = client.get(f"/{language}/{'partneri' if language == 'lv' else 'partners'}/", {"q": text})
    assert (page.status_code, sentences[language] in page.content.decode()) == (404, True)
    answer = client.get("/api/v1/agreements", {"q": text}, headers={"accept-language": language})
    assert (answer.status_code, json.loads(answer.content)["errors"]) == (
        400,
        [{"parameter": "q", "detail": sentences[language]}],
    )


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("place", [*LISTS, *OTHER_LISTS])
@pytest.mark.parametrize(
    ("text", "sentences"), [("a" * (LONGEST_SEARCH + 1), TOO_LONG), (" ".join(WORDS), TOO_MANY)]
)
def test_colleague_is_told_so_and_shown_the_whole_list(admin_client, language, place, text, sentences):
    answer = admin_client.get(f"/{language}/admin/{place}/", {"q": text, "o": "1"}, follow=True)
    assert answer.redirect_chain == [(f"/{language}/admin/{place}/?o=1", 302)]
    assert [str(message) for message in answer.context["messages"]] == [sentences[language]]


def test_search_of_the_most_words_is_answered(client, admin_client, register):
    query = {"q": " ".join(WORDS[:-1])}
    for path in ("/lv/partneri/", "/lv/ligumi/", "/lv/admin/partners/agreement/"):
        assert admin_client.get(path, query).status_code == 200


def test_sign_that_stands_for_several_words_counts_as_all_of_them(client, register):
    assert fold("\N{HANDSHAKE}\N{SMILING FACE WITH SUNGLASSES}").count(" ")
    page = client.get("/lv/partneri/", {"q": "".join(map(chr, range(0x1F600, 0x1F600 + 40)))})
    assert TOO_MANY["lv"] in page.content.decode()


def test_nothing_is_found_for_what_is_too_long_to_be_typed(admin_client, register):
    query = {"app_label": "partners", "model_name": "agreement", "field_name": "city"}
    found = [
        len(admin_client.get("/lv/admin/autocomplete/", {**query, "term": term}).json()["results"])
        for term in ("radom", "radom ".ljust(LONGEST_SEARCH + 1, "m"), " ".join(["radom", *WORDS]))
    ]
    assert found == [1, 0, 0]
