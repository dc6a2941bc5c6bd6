"""What the site sends, against a bare view of Django under the same server and a file that nginx sends."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from .running import ROOT, report

PORT = 8471
SECONDS, CONNECTIONS = 5, 16
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
LOCALLY = {**os.environ, "LOCAL": "1"}
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
    subprocess.run(collect, cwd=ROOT, env=LOCALLY, check=True)
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


@contextmanager
def serving(application, folder, page):
    command = [Path(sys.executable).with_name("granian"), *GRANIAN, application]
    server = subprocess.Popen(command, cwd=folder, env=LOCALLY)
    try:
        until_it_answers(page)
        yield
    finally:
        server.terminate()
        server.wait()


def until_it_answers(page, port=PORT):
    for _attempt in range(100):
        try:
            fetch(page, port)
        except OSError:
            time.sleep(0.1)
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


def load(page, *headers, port=PORT):
    """Requests in a second, every one of which was answered."""
    asked = [option for header in ("Accept-Encoding: br, gzip", *headers) for option in ("-H", header)]
    address = f"http://127.0.0.1:{port}{page}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *asked, address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
