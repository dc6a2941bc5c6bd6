"""What the site sends, against a bare view of Django under the same server, a file that nginx sends, and peers."""

import http.client
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from ..deployed import HOST, application_server, ask, free_port, nginx, running
from .running import ROOT, report

PORT = 8471
SECONDS, CONNECTIONS = 5, 16
ASKED = 100  # times, one after the other
SEEN_WITHIN = 0.3  # seconds: see partners/editions.py
PAGES = {"list of partners": "/lv/partneri/", "a partner": "/lv/partneri/radom/"}
GRANIAN = [
    "--interface=wsgi",
    f"--port={PORT}",
    "--http=1",
    "--no-ws",
    "--workers=2",
    "--blocking-threads=4",
    "--log-level=error",
]
# A view that sends as many bytes as a page has, packed as it is, and does nothing else.
BARE = """
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="bench" * 12, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__)
body = b"x" * {length}
urlpatterns = [path("bare/", lambda request: HttpResponse(body))]
application = get_wsgi_application()
"""


def bench_serving(_count):
    """Requests in a second of pages that were rendered before, and of who has them already."""
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: apt-get install wrk")
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(collect, cwd=ROOT, env=locally(), check=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, page in PAGES.items():
            with serving("twinning.wsgi:application", ROOT, page):
                headers, body = fetch(page)
                ours, held = load(page), load(page, f"If-None-Match: {headers['etag']}")
            Path(folder, "bare_view.py").write_text(BARE.format(length=len(body)))
            with serving("bare_view:application", folder, "/bare/"):
                bare = load("/bare/")
            report(f"{name}: {ours:.0f} requests/s, {ours / bare:.2f} of the {bare:.0f} of a bare view")
            report(f"  who has it already: {held:.0f} requests/s, {held / bare:.2f} of the bare view")
        behind_nginx(Path(folder))
        if "DATABASE_URL" not in os.environ:
            peers(Path(folder))


def peers(folder):
    """Lists of the same partners, made from the same SQLite file."""
    page = PAGES["list of partners"]
    with serving("twinning.wsgi:application", ROOT, page) as our_server:
        ours = load(page)
    register = str(Path(os.environ["DATA_DIR"], "db.sqlite3"))
    project = "tests.bench.peers.plain"
    environment = {"PEER_DATABASE": register, "PEER_FILES": str(folder / "static")}
    collect = ["-m", "django", "collectstatic", "--no-input", "--verbosity=0"]
    run(sys.executable, *collect, **environment, DJANGO_SETTINGS_MODULE=f"{project}.settings")
    with serving(f"{project}.wsgi:application", ROOT, "/partners/", **environment) as plain_server:
        plain_cost = cost(plain_server, "/partners/")
        compare("plain Django", ours, load("/partners/"))
    for what in ("memory", "started"):
        mine, its = getattr(our_server, what), getattr(plain_server, what)
        report(f"  {what}: {mine:.1f}, {mine / its:.2f} times the {its:.1f} of plain Django")
    with serving("twinning.wsgi:application", ROOT, page, PAGE_CACHE_BYTES="1") as server:
        anew = cost(server, page)
        edited = cost(server, page, before_each=partial(move_edition, register))
    for name, taken in (("rendered anew each time", anew), ("after an edit each time", edited)):
        report(
            f"  {name}: {taken * 1000:.1f} ms of processor time, "
            f"{taken / plain_cost:.2f} of the {plain_cost * 1000:.1f} ms of plain Django"
        )

    python = installed(folder / "wagtail", "wagtail~=8.0", "granian~=2.8")
    environment = {"PEER_DATABASE": str(folder / "wagtail.sqlite3")}
    project = "tests.bench.peers.wagtail_site"
    run(python, "-m", f"{project}.fill", register, **environment)
    with serving(f"{project}.wsgi:application", ROOT, "/partneri/", python, **environment):
        compare("Wagtail", ours, load("/partneri/"))

    python = installed(folder / "datasette", "datasette~=0.65")
    command = [python.with_name("datasette"), "serve", register, f"--port={PORT}"]
    with running(command, PORT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        compare("Datasette", ours, load("/db/partners_city"))


def compare(name, ours, its):
    report(f"{name}: {its:.0f} requests/s, we {ours / its:.0f} times as many")


def installed(folder, *packages):
    """The Python of an environment with the `packages`."""
    run(sys.executable, "-m", "venv", folder)
    run(folder / "bin/python", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *packages)
    return folder / "bin/python"


def run(*command, **environment):
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)


def behind_nginx(folder):
    """Pages that nginx keeps, against files of the same bytes; both with TLS, from the configuration shipped."""
    data_dir = Path(os.environ["DATA_DIR"])
    first, second, port = free_port(), free_port(), free_port()
    with (
        application_server(first),
        application_server(second),
        nginx(folder, [first, second], port, data_dir),
    ):
        for name, page in PAGES.items():
            file = data_dir / "static/bench.html"
            file.write_bytes(ask(port, page, Accept_Encoding="br, gzip").content)
            host = f"Host: {HOST}"
            kept, sent = (
                load(path, host, port=port, scheme="https") for path in (page, "/static/bench.html")
            )
            report(
                f"{name} behind nginx: {kept:.0f} requests/s, {kept / sent:.2f} of the {sent:.0f} of a file"
            )


def locally():
    return {**os.environ, "LOCAL": "1"}


def workers(server):
    """The folders of the system about the workers of `server`."""
    tasks = Path(f"/proc/{server.pid}/task").glob("*/children")
    return [Path(f"/proc/{pid}") for task in tasks for pid in task.read_text().split()]


def memory(server):
    """Megabytes of the largest worker of `server`."""
    status = (Path(worker, "status").read_text() for worker in workers(server))
    return max(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for text in status) / 1024


def move_edition(register):
    """As an edit of the `register` does; wait until the server has to have seen it."""
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute("UPDATE partners_edition SET stamp = lower(hex(randomblob(16)))")
    time.sleep(SEEN_WITHIN)


def cost(figures, page, before_each=lambda: None):
    """Seconds of processor time that the server takes for `page`: what others do meanwhile does not count."""
    before = busy(figures.server)
    for _time in range(ASKED):
        before_each()
        fetch(page)
    return (busy(figures.server) - before) / ASKED


def busy(server):
    """Seconds of processor time that the workers of `server` have taken."""
    threads = (path for worker in workers(server) for path in worker.glob("task/*/schedstat"))
    return sum(int(path.read_text().split()[0]) for path in threads) / 1e9


@contextmanager
def serving(application, folder, page, python=sys.executable, **environment):
    """The `server`; how long it took until `page` was there, in seconds, and what it grew to, in megabytes."""
    command = [Path(python).with_name("granian"), *GRANIAN, application]
    begun = time.perf_counter()
    server = subprocess.Popen(command, cwd=folder, env={**locally(), **environment})
    try:
        until_it_answers(page)
        figures = SimpleNamespace(server=server, started=time.perf_counter() - begun)
        yield figures
        figures.memory = memory(server)
    finally:
        server.terminate()
        server.wait()


def until_it_answers(page, port=PORT):
    for _attempt in range(1000):
        try:
            fetch(page, port)
        except OSError:
            time.sleep(0.01)
        else:
            return
    sys.exit("The server does not answer.")


def fetch(page, port=PORT):
    """The headers and the body, as packed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", page, headers={"Accept-Encoding": "br, gzip"})
    response = connection.getresponse()
    assert response.status == 200, response.status
    return {name.lower(): value for name, value in response.getheaders()}, response.read()


def load(page, *headers, port=PORT, scheme="http"):
    """Requests in a second, every one of which was answered."""
    asked = [option for header in ("Accept-Encoding: br, gzip", *headers) for option in ("-H", header)]
    address = f"{scheme}://127.0.0.1:{port}{page}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout=20s", *asked, address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
