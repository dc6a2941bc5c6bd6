"""The register as it is deployed: application servers, and nginx with the configuration that is shipped."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import cache
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import psycopg
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

HOST = "register.example.org"
ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "twinning/deployment/nginx.conf"
ENVIRONMENT = {
    "SECRET_KEY": "k7Q!" * 16 + "zX9-pl",
    "ALLOWED_HOSTS": HOST,
    "BEHIND_PROXY": "1",
    "TRUSTED_PROXIES": "1",
    "LOCAL": "0",
    "EMAIL_URL": "",
}
# What Debian's own /etc/nginx/nginx.conf says around it, within one folder
AROUND = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    types {{ text/css css; application/javascript js; image/svg+xml svg; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def copy_program(folder):
    """`folder` with the program, as a server has it."""
    for name in ("manage.py", "pyproject.toml", "partners", "twinning", "templates", "fixtures"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def put_in(text, changes):
    for shipped, own in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, own)
    return text


@contextmanager
def running(command, port, **options):
    """The process of `command`, once it listens on `port`, until it is no longer needed."""
    process = subprocess.Popen(command, **options)
    try:
        until_it_listens(process, port)
        yield process
    finally:
        process.terminate()
        process.wait()


def until_it_listens(process, port):
    for _attempt in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "The server has ended."
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The server does not listen.")


def make_certificate(folder):
    """The files of a certificate for HOST, and of its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-subj", f"/CN={HOST}", "-out", certificate, "-keyout", key]
    subprocess.run([*make, *files], check=True, capture_output=True)
    return certificate, key


def nginx(folder, upstreams, port, data_dir, **changes):
    """nginx in `folder` before the servers on the ports `upstreams`, whose DATA_DIR is `data_dir`.

    `changes` are values that directives have instead of those that are shipped.
    """
    certificate, key = make_certificate(folder)
    own = {
        "127.0.0.1:8001": f"127.0.0.1:{upstreams[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{upstreams[1]}",
        "/var/cache/nginx-twinning": f"{folder}/cache",
        f"/etc/ssl/{HOST}/fullchain.pem": str(certificate),
        f"/etc/ssl/{HOST}/privkey.pem": str(key),
        "/var/lib/twinning": str(data_dir),
        "    listen 80;\n    listen [::]:80;\n": f"    listen 127.0.0.1:{free_port()};\n",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
    }
    for directive, value in changes.items():
        own |= dict.fromkeys(re.findall(rf"{directive} .+;", SHIPPED.read_text()), f"{directive} {value};")
    (folder / "site.conf").write_text(put_in(SHIPPED.read_text(), own))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    command = [
        shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"),
        "-p",
        folder,
        "-c",
        folder / "nginx.conf",
    ]
    return running([*command, "-e", folder / "error.log"], port)


def application_server(port, **environment):
    command = [Path(sys.executable).with_name("granian"), "twinning.wsgi:application", "--interface=wsgi"]
    options = [
        f"--port={port}",
        "--http=1",
        "--no-ws",
        "--workers=1",
        "--blocking-threads=4",
        "--log-level=error",
    ]
    environment = {**os.environ, **ENVIRONMENT, **environment}
    return running([*command, *options], port, cwd=ROOT, env=environment, start_new_session=True)


@contextmanager
def deployed(data_dir, database_url, folder, **environment):
    """Two application servers over one database and one Redis, and nginx before them."""
    ports = [free_port(), free_port()]
    port = free_port()
    environment |= {"DATA_DIR": str(data_dir), "CACHE_URL": "redis://127.0.0.1:6379/15"}
    environment["DATABASE_URL"] = database_url
    with (
        application_server(ports[0], **environment) as first,
        application_server(ports[1], **environment) as second,
        nginx(folder, ports, port, data_dir),
    ):
        yield SimpleNamespace(port=port, ports=ports, servers=[first, second])


# With the one role that may publish
MAKE_OFFICER = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from partners.roles import Role
user = get_user_model().objects.create_user("anna", password="pass", is_staff=True)
user.groups.add(Group.objects.get(name=Role.PUBLISHER))
"""


@contextmanager
def database():
    """The DATABASE_URL of a new database on the server that the tests use; without one, that of SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    server, _slash, name = url.rpartition("/")
    own = f"{name}_deployed_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {own}")
        try:
            yield f"{server}/{own}"
        finally:
            connection.execute(f"DROP DATABASE {own} WITH (FORCE)")


def prepared(data_dir, **environment):
    """`data_dir` with the register and an officer in a database, and with the gathered static files."""
    for command in (["migrate"], ["loaddata", "daugavpils"], ["shell", "--command", MAKE_OFFICER]):
        manage(*command, DATA_DIR=str(data_dir), **environment)
    shutil.copytree(Path(gathered().name, "static"), Path(data_dir, "static"))
    return data_dir


def manage(*command, **environment):
    """Run manage.py; what it prints."""
    return subprocess.run(
        [sys.executable, "manage.py", *command, "--verbosity=0"],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@cache
def gathered():
    """A folder with the static files, which are packed once for all; it goes with the process."""
    folder = TemporaryDirectory()
    manage("collectstatic", "--no-input", DATA_DIR=folder.name)
    return folder


def ask(port, path, method="GET", body=None, **headers):
    """The response of nginx on `port`, and its body as `content`."""
    connection = connect_to_nginx(port)
    sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    response.content = response.read()
    connection.close()
    return response


def connect_to_nginx(port):
    unverified = ssl._create_unverified_context()  # noqa: S323 our own certificate
    return HTTPSConnection("127.0.0.1", port, timeout=20, context=unverified)


def connect_to_server(port):
    return HTTPConnection("127.0.0.1", port, timeout=20)


class Officer:
    """A browser that keeps its cookies. It asks the application servers as nginx does, or nginx itself."""

    def __init__(self, connect=connect_to_server):
        self.cookies = {}
        self.connect = connect

    def ask(self, port, path, method="GET", body=None, **headers):
        connection = self.connect(port)
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/", **headers}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        response.content = response.read()
        connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return response

    def post(self, port, path, **data):
        data["csrfmiddlewaretoken"] = self.cookies["__Host-csrf"]
        body = encode_multipart(BOUNDARY, data)
        return self.ask(port, path, "POST", body, **{"Content-Type": MULTIPART_CONTENT})

    def log_in(self, port, name, password):
        self.ask(port, "/lv/admin/login/")
        response = self.post(port, "/lv/admin/login/", username=name, password=password)
        assert response.status == 302, response.content.decode()


class Form(HTMLParser):
    """What a browser would send of the form that stands in a page."""

    def __init__(self, page):
        super().__init__()
        self.values = {}
        self.area = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        name = named.get("name")
        if tag == "textarea":
            self.area = name
            self.values[name] = ""
        elif tag == "input" and name and named.get("type") not in ("submit", "checkbox", "file"):
            self.values[name] = named.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None

    def handle_data(self, text):
        if self.area:
            self.values[self.area] += text


def die(process):
    """End a server with all its workers as a power cut does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
