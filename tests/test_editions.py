"""Pages are rendered once in each edition of the site, and every write makes a new one."""

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import inf

import brotli
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from partners.editions import CurrentEdition, Newsstand, look_up
from partners.middleware import PublicPagesMiddleware
from partners.models import Agreement, City, CooperationField, FormerSlug, Page
from partners.rendered_pages import OVERHEAD, RenderedPages
from partners.rendered_pages import Page as RenderedPage
from partners.versions import restore

from .factories import make_agreement, make_city, make_document, make_field
from .spreadsheets import imported
from .test_admin import admin_url, posted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


@pytest.fixture
def served():
    """A visitor of the site as it is served, who sees each new edition at once."""
    client = Client()
    client.cookies["visited"] = "yes"
    return client


# When there is a new edition


def through_the_form(client):
    posted(client, admin_url(City, "change", City.objects.first().pk), {"region_lv": "Zemgale"})


def through_an_action(client):
    data = {"action": "withdraw_selected", "_selected_action": [Agreement.objects.first().pk]}
    client.post(admin_url(Agreement, "changelist"), data)


def through_an_import(client):
    imported(client, Agreement, ["slug", "signed_on"], ["tukums-2003", "2004"])


def by_restoring(client):
    city = City.objects.first()
    city.region_lv = "Kurzeme"
    city.save()
    restore(City, city.history.last(), None, "")


def in_sql(client):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_cooperationfield SET position = 9")


WRITES = [
    through_the_form,
    through_an_action,
    through_an_import,
    by_restoring,
    in_sql,
    lambda client: call_command("loaddata", "daugavpils", verbosity=0),
    lambda client: City.objects.update(region_lv="Zemgale"),
    lambda client: CooperationField.objects.bulk_create([CooperationField(slug="x", name_lv="X")]),
    lambda client: Agreement.objects.get().fields.add(CooperationField.objects.get()),
    lambda client: Agreement.objects.all().delete(),
    lambda client: Page.objects.create(place="about", title_lv="Par"),
    lambda client: make_document(Agreement.objects.get()),
    lambda client: FormerSlug.objects.keep(City.objects.get(), "tuckum"),
]


@pytest.mark.parametrize("write", WRITES, ids=lambda write: getattr(write, "__name__", ""))
def test_every_write_makes_a_new_edition_whatever_wrote(admin_client, write):
    make_field("culture")
    make_agreement(make_city("tukums"), slug="tukums-2003", signed_on="2003", source_lv="Vēstule")
    before = look_up()
    write(admin_client)
    assert look_up().token != before.token


def test_what_visitors_do_not_see_makes_none(django_user_model, client):
    make_city()
    before = look_up()
    user = django_user_model.objects.create_superuser("anna", password="pass")
    client.force_login(user)
    client.get(admin_url(City, "changelist"))
    City.history.all().delete()
    assert look_up()[:2] == before[:2]


def test_write_that_is_taken_back_makes_none():
    before = look_up()
    with transaction.atomic():
        make_city()
        transaction.set_rollback(True)
    assert look_up()[:2] == before[:2]


def test_edition_is_asked_for_now_and_then_only_and_by_colleagues_at_once(django_assert_num_queries):
    newsstand = Newsstand()
    before = newsstand.current()
    newsstand.known_until = inf
    make_city()
    with django_assert_num_queries(0):
        assert newsstand.current() == before
    assert newsstand.current(at_once=True).token != before.token
    assert newsstand.current().token != before.token


# What is sent


def test_page_may_be_kept_by_every_cache_and_carries_nothing_of_the_visitor(served):
    make_city()
    response = served.get("/lv/partneri/")
    assert response["Cache-Control"] == (
        "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=3600"
    )
    assert response["Vary"] == "Accept-Encoding"
    assert not response.cookies
    assert response["ETag"].strip('"').isalnum()


def test_page_sets_no_cookie_where_a_visitor_brings_a_broken_one(served, settings):
    served.cookies[settings.CSRF_COOKIE_NAME] = "<x>"
    page = served.get("/lv/partneri/")
    assert (dict(page.cookies), page["Cache-Control"][:6]) == ({}, "public")


def test_page_is_rendered_once_in_each_edition(served, django_assert_num_queries):
    make_city("tukums")
    first = served.get("/lv/partneri/")
    with django_assert_num_queries(1):  # for the edition
        assert served.get("/lv/partneri/").content == first.content
    make_city("cesis")
    assert "Cesis" in served.get("/lv/partneri/").content.decode()


def test_what_all_pages_say_is_read_for_the_first_one_of_an_edition(served, django_assert_num_queries):
    def said():
        page = served.get("/lv/partneri/").content.decode()
        return [text for text in ("Tukuma novads", "Cēsu novads", 'value="LV"', 'value="LT"') if text in page]

    make_city("tukums", country="LV")
    masthead = Page.objects.create(place="masthead", title_lv="Tukuma novads")
    served.get("/lv/ligumi/")
    with django_assert_num_queries(3):  # for the edition, the counts and the list
        assert said() == ["Tukuma novads", 'value="LV"']
    make_city("panevezys", country="LT")
    masthead.title_lv = "Cēsu novads"
    masthead.save()
    assert said() == ["Cēsu novads", 'value="LV"', 'value="LT"']


def test_what_filters_leave_is_counted_for_the_first_page_of_a_list_in_an_edition(
    served, django_assert_num_queries
):
    def counted(address):
        page = served.get(address).content.decode()
        return re.findall(r"(?:Latvija|Lietuva) \(\d+\)", page)

    make_city("tukums", country="LV")
    make_city("cesis", country="LV")
    assert counted("/lv/partneri/") == ["Latvija (2)"]
    with django_assert_num_queries(2):  # for the edition and the list
        assert counted("/lv/partneri/?sort=date") == ["Latvija (2)"]
    # Another list is counted on its own.
    with django_assert_num_queries(3):
        assert counted("/lv/partneri/?country=LV") == ["Latvija (2)"]
    make_city("panevezys", country="LT")
    assert counted("/lv/partneri/?sort=date") == ["Latvija (2)", "Lietuva (1)"]


def test_withdrawn_record_is_gone_in_the_next_edition(served):
    city = make_city()
    address = city.get_absolute_url()
    assert served.get(address).status_code == 200
    City.objects.filter(pk=city.pk).update(is_published=False)
    assert served.get(address).status_code == 404
    assert "Tukums" not in served.get("/lv/partneri/").content.decode()


def test_who_has_the_page_is_told_so_without_rendering(served, django_assert_num_queries):
    make_city()
    etag = Client().get("/lv/partneri/")["ETag"]
    with django_assert_num_queries(1):
        response = served.get("/lv/partneri/", headers={"if-none-match": f'W/"x", {etag}'})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert served.get("/lv/ligumi/", headers={"if-none-match": etag}).status_code == 200
    assert served.get("/lv/partneri/", headers={"if-none-match": "*"}).status_code == 304
    of_another = f'{etag[:-1]}-br"'
    assert served.get("/lv/partneri/", headers={"if-none-match": of_another}).status_code == 200
    make_city("cesis")
    assert served.get("/lv/partneri/", headers={"if-none-match": etag}).status_code == 200


def test_page_unchanged_since_its_date_is_not_sent_again(served):
    make_city()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_edition SET moved_at = '2020-01-01 10:00:00'")
    since = look_up().since  # this day began, and with it the edition
    for seconds, status in ((-1, 200), (0, 304), (1, 304)):
        stand = http_date(since + seconds)
        response = served.get("/lv/partneri/", headers={"if-modified-since": stand})
        assert (response["Last-Modified"], response.status_code) == (http_date(since), status)


FILES = (
    *("/lv/partneri.csv", "/lv/partneri.geojson", "/lv/partneri.xlsx", "/lv/ligumi.json", "/lv/ligumi.atom"),
    *("/en/anniversaries.ics", "/sitemap.xml", "/sitemap-partners-lv.xml"),
)


@pytest.mark.parametrize("address", FILES)
def test_file_is_sent_again_only_in_a_new_edition_or_another_packing(served, address):
    make_city("tukums", name_lv="Tukums ar garu nosaukumu")
    stale = served.get(address)["ETag"]
    make_city("cesis")
    tags = {"": served.get(address)["ETag"]}
    for encoding in ("gzip", "br"):
        tags[encoding] = served.get(address, headers={"accept-encoding": encoding})["ETag"]
    assert stale not in tags.values()
    is_packed = not address.endswith(".xlsx")  # by itself
    assert len(set(tags.values())) == (3 if is_packed else 1)
    for encoding, tag in tags.items():
        asked = {"if-none-match": f'"x", W/{tag}', "accept-encoding": encoding}
        held = served.get(address, headers=asked)
        assert (held.status_code, held["ETag"], held["Access-Control-Allow-Origin"]) == (304, tag, "*")
    for held, status in (("*", 304), (stale, 200), (tags["br"], 200 if is_packed else 304)):
        assert served.get(address, headers={"if-none-match": held}).status_code == status


def test_file_unchanged_since_its_date_is_not_sent_again(served):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_edition SET moved_at = '2020-01-01 10:00:00'")
    since = look_up().since
    for seconds, status in ((-1, 200), (0, 304)):
        response = served.get("/lv/ligumi.csv", headers={"if-modified-since": http_date(since + seconds)})
        assert (response["Last-Modified"], response.status_code) == (http_date(since), status)


@pytest.mark.parametrize("address", FILES)
def test_file_is_the_same_however_it_is_packed(served, address):
    make_agreement(make_city("tukums", name_lv="Tukums " * 20))

    def body(encoding):
        response = served.get(address, headers={"accept-encoding": encoding})
        assert response["Vary"] == "Accept-Encoding"
        return b"".join(response), response.get("Content-Encoding", "")

    plain, _none = body("")
    assert len(plain) > 100
    for asked, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress), ("gzip;q=0", bytes)):
        packed, encoding = body(asked)
        assert body(asked) == (packed, encoding)
        assert (unpack if encoding else bytes)(packed) == plain
        assert encoding == ("" if address.endswith(".xlsx") or "q=0" in asked else asked)


def test_page_changed_within_this_second_has_no_date_yet(served):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_edition SET moved_at = %s", [timezone.now() + timedelta(hours=1)])
    assert not served.get("/lv/partneri/").has_header("Last-Modified")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("identity", ""),
        ("", ""),
        ("br;q=x", ""),
    ],
)
def test_page_is_packed_as_the_browser_can_unpack_it(served, accepted, encoding):
    make_city()
    plain = served.get("/lv/partneri/").content
    response = served.get("/lv/partneri/", headers={"accept-encoding": accepted})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert response.get("Content-Encoding", "") == encoding
    assert unpack(response.content) == plain
    assert response["Content-Length"] == str(len(response.content))
    assert response["ETag"].endswith(f'-{encoding}"') or not encoding


@pytest.mark.parametrize("query", ["utm_source=x", "q=", "page=&sort=&x%5B%5D=1", "%FF=1&q"])
def test_parameter_that_the_site_does_not_know_makes_no_other_page(served, query, django_assert_num_queries):
    make_city()
    plain = served.get("/lv/partneri/")
    with django_assert_num_queries(1):
        response = served.get(f"/lv/partneri/?{query}")
    assert (response.content, response["ETag"]) == (plain.content, plain["ETag"])


def test_order_of_parameters_makes_no_other_page(served):
    make_agreement(make_city(), signed_on="2003")
    one = served.get("/lv/ligumi/?country=LV&year_from=2000")
    other = served.get("/lv/ligumi/?year_from=2000&year_from=2000&country=LV")
    assert (one.status_code, one["ETag"]) == (200, other["ETag"])


@pytest.mark.parametrize(
    "address", ["/lv/partneri/nav/", "/lv/partneri/?country=XX", "/lv/admin/login/", "/"]
)
def test_what_is_no_page_of_the_register_is_not_kept(served, address):
    response = served.get(address)
    assert (response.has_header("ETag"), response.has_header("Last-Modified")) == (False, False)


def test_pages_take_no_more_memory_than_they_may():
    body = b"x" * 1000
    pages = RenderedPages(most_bytes=3 * (OVERHEAD + 1000))
    for key in ("a", "b", "c"):
        pages.keep("first", key, RenderedPage({}, {"": body}))
    pages.get("first", "a")
    pages.keep("first", "d", RenderedPage({}, {"": body}))
    assert [key for key in "abcd" if pages.get("first", key)] == ["a", "c", "d"]
    pages.keep("second", "a", RenderedPage({}, {"": body}))
    assert (pages.size, pages.get("first", "c"), pages.get("second", "c")) == (OVERHEAD + 1000, None, None)
    pages.keep("second", "e", RenderedPage({}, {"": body * 6}))
    assert (pages.size, len(pages.pages)) == (0, 0)


def test_page_that_many_ask_for_at_once_is_rendered_by_one(rf):
    rendered = []

    def render(request):
        rendered.append(request.path)
        request.resolver_match = type("Match", (), {"namespace": "partners"})
        return HttpResponse("x" * 1000)

    middleware = PublicPagesMiddleware(render)
    newsstand = middleware.newsstand
    newsstand.current()
    newsstand.known_until = inf
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: middleware(rf.get("/lv/partneri/")), range(50)))
    assert rendered == ["/lv/partneri/"]
    assert {answer.content for answer in answers} == {b"x" * 1000}


def test_without_a_database_the_last_edition_known_is_served():
    newsstand = Newsstand()
    newsstand.edition = CurrentEdition("known", 0.0)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE partners_edition RENAME TO away")
    try:
        assert newsstand.current() == CurrentEdition("known", 0.0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO partners_edition")


def test_last_edition_known_is_served_no_longer_than_the_setting_says(settings):
    settings.STALE_IF_ERROR_SECONDS = 0
    newsstand = Newsstand()
    newsstand.edition = CurrentEdition("known", 0.0)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE partners_edition RENAME TO away")
    try:
        with pytest.raises(DatabaseError):
            newsstand.current()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO partners_edition")
    assert newsstand.current() == look_up()._replace(seen_at=newsstand.edition.seen_at)
