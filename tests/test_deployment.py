"""What the shipped configuration of nginx does, run with the application servers that README names."""

import gzip
import json
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from urllib.parse import urljoin

import brotli
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.policies import CONTENT_SECURITY_POLICY

from .conftest import IN_CI
from .deployed import HOST, Officer, ask, database, deployed, die, prepared
from .test_readme import blocks

pytestmark = pytest.mark.skipif(
    not IN_CI and not shutil.which("nginx", path="/usr/sbin:/usr/bin"), reason="nginx is not installed"
)
PAGE = "/lv/partneri/"
OF_NGINX = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
}


@pytest.fixture(scope="module")
def database_url():
    with database() as url:
        yield url


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory, database_url):
    return prepared(tmp_path_factory.mktemp("data"), DATABASE_URL=database_url)


@pytest.fixture(scope="module")
def machines(data_dir, database_url, tmp_path_factory):
    with deployed(data_dir, database_url, tmp_path_factory.mktemp("nginx")) as machines:
        yield machines


@pytest.fixture
def site(machines):
    """The port of nginx."""
    return machines.port


@pytest.fixture
def officer(machines):
    officer = Officer()
    officer.log_in(machines.ports[0], "anna", "pass")
    return officer


def within_a_second(question, answer):
    """Whether `question` is answered so by now, or when it is asked a second from now."""
    until = monotonic() + 1
    while monotonic() < until:
        if question() == answer:
            return True
    return question() == answer


def kept(port, path, **headers):
    """The response that nginx has kept; the second in which it was made may just have ended."""
    until = monotonic() + 5
    while monotonic() < until:
        response = ask(port, path, **headers)
        if response.headers["X-Cache"] == "HIT":
            return response
    raise AssertionError("Nothing is kept.")


def test_page_is_kept_for_everybody_and_sent_as_each_can_unpack_it(site):
    plain = ask(site, PAGE)
    assert kept(site, PAGE).content == plain.content
    assert gzip.decompress(kept(site, PAGE, Accept_Encoding="gzip, deflate").content) == plain.content
    assert gzip.decompress(kept(site, PAGE, Accept_Encoding="br;q=0, gzip").content) == plain.content
    assert brotli.decompress(kept(site, PAGE, Accept_Encoding="gzip, deflate, br").content) == plain.content
    assert plain.headers["Vary"] == "Accept-Encoding"
    assert "X-Accel-Expires" not in plain.headers


def test_who_has_the_page_is_told_so_by_nginx(site):
    page = kept(site, PAGE)
    again = kept(site, PAGE, If_None_Match=page.headers["ETag"])
    assert (again.status, again.content) == (304, b"")


def test_colleague_who_has_a_session_is_answered_by_the_register(site):
    kept(site, PAGE)
    for cookie in ("__Host-session=x", "a=b; __Host-session=x"):
        assert ask(site, PAGE, Cookie=cookie).headers["X-Cache"] == "BYPASS"
    assert ask(site, PAGE, Cookie="visited=yes").headers["X-Cache"] != "BYPASS"


@pytest.mark.parametrize("path", ["/lv/admin/login/", "/api/v1/partners", "/lv/dokumenti/x/y.pdf"])
def test_what_is_no_page_for_everybody_is_not_kept(site, path):
    assert "X-Cache" not in ask(site, path).headers


@pytest.mark.parametrize("path", ["/lv/partneri/nav/", "/lv/partneri/?country=XX"])
def test_fault_of_the_visitor_is_not_kept(site, path):
    assert [ask(site, path).headers["X-Cache"] for _time in range(2)] == ["MISS", "MISS"]


def test_register_believes_nginx_and_not_the_visitor_about_how_it_was_asked(site):
    response = ask(site, PAGE, X_Forwarded_Proto="http", X_Forwarded_Host="evil.example")
    assert response.status == 200
    assert "evil.example" not in response.content.decode()


def test_static_file_is_sent_as_it_was_packed_and_kept_for_good(site, data_dir):
    path = re.search(r"/static/partners/site\.[0-9a-f]{12}\.css", ask(site, PAGE).content.decode())[0]
    response = ask(site, path, Accept_Encoding="gzip")
    assert response.content == (data_dir / f"{path.lstrip('/')}.gz").read_bytes()
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"] == "text/css"
    plain = ask(site, "/static/partners/site.css")
    assert plain.headers["Cache-Control"] == "public, max-age=60"
    for answer in (response, plain):
        assert {name: answer.headers.get(name) for name in OF_NGINX} == OF_NGINX


def test_nginx_adds_the_headers_to_what_it_answers_itself_and_to_nothing_else(site):
    refused = ask(site, f"/lv/?q={'a' * 20_000}")
    assert (refused.status, refused.headers.get_all("Content-Security-Policy")) == (
        414,
        [OF_NGINX["Content-Security-Policy"]],
    )
    for answer in (kept(site, PAGE), ask(site, "/lv/admin/login/"), ask(site, "/api/v1/partners")):
        assert answer.headers.get_all("Content-Security-Policy") == [CONTENT_SECURITY_POLICY]
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert len(answer.headers.get_all("Cache-Control")) == 1


@pytest.mark.parametrize("line", [line for block in blocks("sh", "Open data") for line in block.splitlines()])
def test_commands_of_readme_for_programs_are_answered(site, tmp_path, line):
    assert line.startswith("curl ")
    (tmp_path / ".curlrc").write_text(f'connect-to = "{HOST}:443:127.0.0.1:{site}"\ninsecure\nfail\nsilent\n')
    answer = subprocess.run(
        ["/bin/sh", "-c", line], cwd=tmp_path, env={"HOME": str(tmp_path)}, capture_output=True, check=True
    )
    assert json.loads(answer.stdout)


# Two machines


def test_edit_on_one_machine_is_seen_on_the_other_within_a_second(machines, officer):
    one, other = machines.ports
    page = "/lv/partneri/radom/"
    visitor = Officer()
    asked = [lambda: visitor.ask(one, page).status, lambda: visitor.ask(other, page).status]
    asked.append(lambda: ask(machines.port, page).status)
    assert [question() for question in asked] == [200, 200, 200]
    answer = officer.ask(one, "/lv/admin/partners/city/?q=radom").content.decode()
    chosen = re.search(r'name="_selected_action" value="(\d+)"', answer)[1]
    officer.post(one, "/lv/admin/partners/city/", action="withdraw_selected", _selected_action=chosen)
    assert [within_a_second(question, 404) for question in asked] == [True, True, True]


def test_import_previewed_on_one_machine_is_confirmed_on_the_other(machines, officer):
    one, other = machines.ports
    file = SimpleUploadedFile("fields.csv", b"slug,name_en\nculture,Culture for all\n")
    previewed = officer.post(one, "/lv/admin/partners/cooperationfield/import/", import_file=file)
    address = urljoin("/lv/admin/partners/cooperationfield/import/", previewed.headers["Location"])
    preview = officer.ask(other, address).content.decode()
    upload = re.search(r'name="upload" value="(\d+)"', preview)[1]
    officer.post(other, "/lv/admin/partners/cooperationfield/process_import/", upload=upload)
    assert within_a_second(lambda: b"Culture for all" in ask(machines.port, "/en/fields/").content, True)


@pytest.mark.parametrize("victim", [0, 1])
def test_machine_that_dies_fails_no_reader_and_without_any_the_pages_kept_are_shown(
    data_dir, database_url, tmp_path, victim
):
    with deployed(data_dir, database_url, tmp_path) as machines:
        first = ask(machines.port, PAGE)

        def read(number):
            if number == 40:
                die(machines.servers[victim])
            # Every other page is one that nobody keeps yet.
            return ask(machines.port, f"/lv/ligumi/?year_from={1900 + number}" if number % 2 else PAGE).status

        with ThreadPoolExecutor(4) as readers:
            assert set(readers.map(read, range(120))) == {200}
        die(machines.servers[1 - victim])
        assert ask(machines.port, PAGE).content == first.content
        away = ask(machines.port, "/lv/admin/login/")
        assert (away.status, away.headers["Content-Security-Policy"]) == (
            502,
            OF_NGINX["Content-Security-Policy"],
        )
