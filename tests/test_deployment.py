"""What the shipped configuration of nginx does, run with the application servers that README names."""

import gzip
import re
import shutil

import brotli
import pytest

from .conftest import IN_CI
from .deployed import application_server, ask, free_port, nginx, prepared

pytestmark = pytest.mark.skipif(
    not IN_CI and not shutil.which("nginx", path="/usr/sbin:/usr/bin"), reason="nginx is not installed"
)
PAGE = "/lv/partneri/"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def site(data_dir, tmp_path_factory):
    """The port of nginx before two application servers."""
    first, second, port = free_port(), free_port(), free_port()
    environment = {"DATABASE_URL": "", "DATA_DIR": str(data_dir)}
    with (
        application_server(first, **environment),
        application_server(second, **environment),
        nginx(tmp_path_factory.mktemp("nginx"), [first, second], port, data_dir),
    ):
        yield port


def kept(port, path, **headers):
    """The response that nginx has kept; the second in which it was made may just have ended."""
    for _attempt in range(20):
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
    for cookie in ("sessionid=x", "a=b; __Host-sessionid=x"):
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
