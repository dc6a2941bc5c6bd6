"""What nginx, as it is configured here, shows while the database, a storage or all servers are away."""

import re
import shutil
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, time

import pytest

from .conftest import IN_CI
from .deployed import (
    Form,
    Officer,
    ask,
    connect_to_nginx,
    database,
    deployed,
    die,
    free_port,
    manage,
    nginx,
    prepared,
)
from .test_database_killed import Cluster, binaries

pytestmark = pytest.mark.skipif(
    not IN_CI and not shutil.which("nginx", path="/usr/sbin:/usr/bin"), reason="nginx is not installed"
)
HOME, LIST = "/lv/", "/lv/partneri/"
ADD_FIELD = "/lv/admin/partners/cooperationfield/add/"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with database() as url:
        yield prepared(tmp_path_factory.mktemp("data"), DATABASE_URL=url), url


@contextmanager
def running(data_dir, url, tmp_path, **environment):
    folder = tmp_path / "nginx"
    folder.mkdir()
    with deployed(data_dir, url, folder, **environment) as machines:
        yield machines


def officer_at(machines):
    officer = Officer(connect_to_nginx)
    officer.log_in(machines.port, "anna", "pass")
    return officer


def stop_all(machines):
    for server in machines.servers:
        die(server)


# The database, or a storage, is away


@pytest.mark.skipif(not IN_CI and not binaries(), reason="PostgreSQL is not installed")
def test_officer_keeps_what_was_typed_in_every_save_while_the_database_is_away(tmp_path):
    # Temporary folders of pytest are closed to other accounts.
    with TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder))
        cluster.start()
        try:
            data_dir = prepared(tmp_path / "data", DATABASE_URL=cluster.url)
            with running(data_dir, cluster.url, tmp_path) as machines:
                officer = officer_at(machines)
                form = Form(officer.ask(machines.port, ADD_FIELD).content.decode()).values
                form |= {"slug": "f", "name_lv": "Joma, rakstīta dīkstāvē"}
                cluster.kill()
                for _save in range(8):
                    answer = officer.post(machines.port, ADD_FIELD, **form)
                    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
                    assert Form(answer.content.decode()).values["name_lv"] == form["name_lv"]
                    assert ask(machines.port, "/healthz").content == b'{"status": "ok"}'
                cluster.start()
                sent_again = Form(answer.content.decode()).values
                assert officer.post(machines.port, ADD_FIELD, **sent_again).status == 302
        finally:
            cluster.stop()


ATTACH = """
from tests.factories import make_document
from partners.models import Agreement
print(make_document(Agreement.objects.first()).get_absolute_url())
"""


def test_missing_folder_of_documents_costs_no_reader_of_anything_else(installation, tmp_path):
    data_dir, url = installation
    address = manage("shell", "--command", ATTACH, DATA_DIR=str(data_dir), DATABASE_URL=url).strip()
    with running(data_dir, url, tmp_path) as machines:
        assert ask(machines.port, address).status == 200
        (data_dir / "documents").rename(data_dir / "elsewhere")
        for number in range(20):
            away = ask(machines.port, address)
            assert (away.status, away.headers["Retry-After"]) == (503, "5")
            assert "<h1>Reģistrs nav pieejams</h1>" in away.content.decode()
            readers = [
                f"/lv/ligumi/?year_from={1900 + number}",
                "/lv/admin/login/",
                "/api/v1/partners",
                "/healthz",
            ]
            assert [ask(machines.port, path).status for path in readers] == [200] * 4
        (data_dir / "elsewhere").rename(data_dir / "documents")
        assert ask(machines.port, address).status == 200


# All servers are away


def withdraw(officer, port, slug):
    """As the officer's browser does, which follows to the page after it."""
    changelist = "/lv/admin/partners/city/"
    answer = officer.ask(port, f"{changelist}?q={slug}").content.decode()
    chosen = re.search(r'name="_selected_action" value="(\d+)"', answer)[1]
    saved = officer.post(port, changelist, action="withdraw_selected", _selected_action=chosen)
    assert saved.status == 302
    assert officer.ask(port, changelist).status == 200


def test_withdrawn_partner_does_not_come_back_when_everything_stops(installation, tmp_path):
    with running(*installation, tmp_path) as machines:
        officer = officer_at(machines)
        partner = "/lv/partneri/radom/"
        assert [ask(machines.port, path).status for path in (partner, LIST, HOME)] == [200] * 3
        withdraw(officer, machines.port, "radom")
        shown = ask(machines.port, HOME).content
        stop_all(machines)
        assert [ask(machines.port, path).status for path in (partner, LIST)] == [502, 502]
        assert ask(machines.port, HOME).content == shown
        assert "Radoma" not in shown.decode()


def test_withdrawn_partner_does_not_come_back_where_nobody_has_seen_that_it_was_withdrawn(
    installation, tmp_path
):
    with running(*installation, tmp_path) as machines:
        officer = officer_at(machines)
        partner = "/lv/partneri/ferrara/"
        assert [ask(machines.port, path).status for path in (partner, LIST)] == [200] * 2
        withdraw(officer, machines.port, "ferrara")
        stop_all(machines)
        assert [ask(machines.port, path).status for path in (partner, LIST)] == [502, 502]


def test_partner_withdrawn_in_another_way_does_not_come_back_once_a_monitor_has_asked(installation, tmp_path):
    with running(*installation, tmp_path) as machines:
        partner = "/lv/partneri/motala/"
        assert [ask(machines.port, path).status for path in (partner, LIST)] == [200] * 2
        officer = Officer()
        officer.log_in(machines.ports[0], "anna", "pass")
        withdraw(officer, machines.ports[0], "motala")
        # Visitors and monitors are told of a new version within a second.
        until = monotonic() + 2
        while monotonic() < until:
            assert ask(machines.port, "/healthz").status == 200
        stop_all(machines)
        assert [ask(machines.port, path).status for path in (partner, LIST)] == [502, 502]


def test_nothing_is_shown_for_longer_than_the_setting_says(installation, tmp_path):
    with running(*installation, tmp_path, STALE_IF_ERROR_SECONDS="0") as machines:
        assert ask(machines.port, LIST).status == 200
        stop_all(machines)
        # What was asked within this second of the clock is still new.
        until = monotonic() + 5
        while (answer := ask(machines.port, LIST)).status == 200 and monotonic() < until:
            pass
        assert answer.status == 502


# Servers that answer as told: what the configuration does with answers that come seldom


THIS, OTHER = "a" * 20, "b" * 20  # versions of the site


class Answers(BaseHTTPRequestHandler):
    """Pages of this version, but for the paths below."""

    def do_GET(self):
        if self.path == "/lv/slow/":
            self.server.ended.wait()
        if self.path == "/robots.txt" and self.server.is_new:
            self.answer(503, "")
        elif self.path == "/lv/away/":
            self.answer(503, "calm")
        else:
            self.answer(200, OTHER if self.path == "/lv/other/" else THIS)

    def answer(self, status, version):
        body = self.path.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, stale-if-error=3600")
        self.send_header("X-Accel-Expires", f"@{int(time())}")
        self.send_header("ETag", f'"{version}12345678-br"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def standing_in(tmp_path, *, is_new=False, **changes):
    """The port of nginx before two such servers, and what ends them."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Answers) for _number in range(2)]
    ended = Event()
    for server in servers:
        server.ended, server.is_new = ended, is_new
        Thread(target=server.serve_forever, daemon=True).start()

    def end():
        ended.set()
        for server in servers:
            server.shutdown()
            server.server_close()

    port = free_port()
    ports = [server.server_port for server in servers]
    with nginx(tmp_path, ports, port, tmp_path, **changes):
        try:
            yield port, end
        finally:
            if not ended.is_set():
                end()


def test_page_that_another_version_of_the_site_has_made_is_not_kept(tmp_path):
    """Each process finds out by itself that there is a new version, within a quarter of a second."""
    with standing_in(tmp_path) as (port, end):
        assert [ask(port, path).status for path in ("/lv/this/", "/lv/other/")] == [200, 200]
        end()
        assert [ask(port, path).status for path in ("/lv/this/", "/lv/other/")] == [200, 502]


def test_server_that_does_not_know_the_version_yet_answers_itself(tmp_path):
    with standing_in(tmp_path, is_new=True) as (port, _end):
        away = ask(port, "/lv/away/")
        assert (away.status, away.content) == (503, b"/lv/away/")
        assert ask(port, "/lv/this/").status == 200


def test_page_that_takes_too_long_takes_no_server_from_others(tmp_path):
    with standing_in(tmp_path, proxy_read_timeout="300ms") as (port, _end):
        assert ask(port, "/lv/slow/").status == 504
        assert [ask(port, f"/lv/{number}/").status for number in range(10)] == [200] * 10
