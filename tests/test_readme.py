"""Every command of README.md does, on a server that has just been made, what its reader expects of it.

They are taken from README.md and run as they stand there, in its order within a section, by root and from an empty
folder; the lines for cron by the account `twinning`, with the environment that cron gives. The server is a view of
this machine with its own /etc, /srv, /run, /tmp, /var/cache and /var/lib.
"""

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from contextlib import contextmanager

import pytest

from .conftest import IN_CI
from .deployed import HOST, ROOT, copy_program, database, make_certificate
from .test_units import may_mount

LABELS = {"sh", "cron", "ini", "json"}
SERVER = "On a server"
# What is run elsewhere, or would ask other machines for what is here already
BY_TEST_DEPLOYMENT = "curl "
THIS_SUITE = "make "
INSTALLED_ALREADY = [
    "python3 -m venv /srv/twinning/.venv\n",
    "/srv/twinning/.venv/bin/python -m pip install --requirement /srv/twinning/requirements.txt\n",
]

# $1 is the program, $2 an empty folder; then come the folders of Python.
VIEW = """
set -e
program=$1 stubs=$2; shift 2
mount -t tmpfs tmpfs /mnt
mkdir /mnt/etc /mnt/program /mnt/stubs
cp -a /etc/. /mnt/etc
mount --bind "$program" /mnt/program
mount --bind "$stubs" /mnt/stubs
for folder; do mkdir -p "/mnt/python$folder"; mount --bind "$folder" "/mnt/python$folder"; done
for folder in /root /home /srv /run /var/lib /var/cache; do mount -t tmpfs -o mode=755 tmpfs $folder; done
mount -t tmpfs -o mode=1777 tmpfs /tmp
for folder; do mkdir -p "$folder"; mount --bind "/mnt/python$folder" "$folder"; done
mount --bind /mnt/etc /etc
mkdir /srv/twinning /srv/bare /var/lib/nginx
mount --bind /mnt/program /srv/twinning
echo ready
exec sleep infinity
"""
# There is no systemd to talk to: units are enabled, and not started.
SYSTEMCTL = """#!/bin/sh
case "$*" in
    daemon-reload | "reload nginx") ;;
    "enable --now "*) shift 2; exec /usr/bin/systemctl --quiet --root=/ enable "$@" ;;
    *) exit 1 ;;
esac
"""


def sections():
    """The code blocks of README.md, as (label, text), by the heading they stand under."""
    found = defaultdict(list)
    for part in re.split(r"^## ", (ROOT / "README.md").read_text(), flags=re.MULTILINE)[1:]:
        heading = part.partition("\n")[0]
        found[heading] += re.findall(r"^```(.*?)\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    return found


def blocks(label, *headings):
    return [
        text
        for heading, found in sections().items()
        for named, text in found
        if named == label and (not headings or heading in headings)
    ]


def test_every_block_says_what_it_is():
    labels = [label for found in sections().values() for label, _text in found]
    assert set(labels) == LABELS


def test_commands_for_a_machine_of_ones_own_are_targets_of_the_makefile():
    """They install from the network, and run all tests: only whether make knows them is looked at here."""
    lines = [
        line.split("#")[0]
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("make ")
    ]
    assert len(lines) == 2
    for line in lines:
        command = [*line.split(), "--dry-run", "--directory", ROOT]
        subprocess.run(command, check=True, capture_output=True)


class Server:
    """The view, as long as the process `holder` of it lives."""

    def __init__(self, holder, program):
        self.holder, self.program = holder, program

    def run(self, script, *, before=(), **environment):
        enter = ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", "--wdns=/srv/bare"]
        return subprocess.run(
            [*enter, *before, "sh", "-ec", script],
            env={
                "PATH": "/mnt/stubs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            umask=0o022,
        )

    def output(self, script, **options):
        done = self.run(script, **options)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@contextmanager
def new_server(folder):
    program, stubs = folder / "program", folder / "stubs"
    for made in (program, stubs):
        made.mkdir(mode=0o755)
    copy_program(program)
    (program / ".venv").symlink_to(sys.prefix)
    (stubs / "systemctl").write_text(SYSTEMCTL)
    (stubs / "systemctl").chmod(0o755)
    python = sorted({sys.base_prefix, sys.prefix})
    holder = subprocess.Popen(
        ["/usr/bin/unshare", "--mount", "sh", "-c", VIEW, "view", program, stubs, *python],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "ready\n"
        yield Server(holder, program)
    finally:
        holder.kill()
        holder.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on which all of the installation has been done, a block after the other."""
    if not may_mount() or (not IN_CI and not shutil.which("nginx", path="/usr/sbin:/usr/bin")):
        pytest.skip("only root can make a view of a server, and it needs nginx")
    folder = tmp_path_factory.mktemp("server")
    with database() as url, new_server(folder) as server:
        certificate = make_certificate(folder)
        server.output(f"mkdir /etc/ssl/{HOST}")
        for made, name in zip(certificate, ("fullchain.pem", "privkey.pem"), strict=True):
            server.output(f"printf '%s' '{made.read_text()}' > /etc/ssl/{HOST}/{name}")
        account, *others = blocks("sh", SERVER)
        for line in INSTALLED_ALREADY:
            assert line in account
            account = account.replace(line, "")
        server.output(account)
        if url:
            server.output(f"echo \"DATABASE_URL='{url}'\" >> /srv/twinning/environment")
        for block in others:
            server.output(block)
        server.output(MANAGE + f"shell --command '{MAKE_ANNA}'")
        yield server


MANAGE = "runuser --user twinning -- /srv/twinning/.venv/bin/python /srv/twinning/manage.py "
MAKE_ANNA = """
from django.contrib.auth.models import Group, User
from partners.roles import Role
User.objects.create_user("anna", is_staff=True).groups.add(Group.objects.get(name=Role.EDITOR))
"""


def test_installation_leaves_services_enabled_and_the_register_loaded(server):
    wanted = server.output("ls /etc/systemd/system/*.wants | grep twinning").split()
    assert wanted == [
        "twinning@8001.service",
        "twinning@8002.service",
        "twinning-backup.timer",
        "twinning-digest.timer",
        "twinning-drill.timer",
    ]
    count = "from partners.models import City; print(City.objects.count())"
    assert server.output(MANAGE + f"shell --verbosity 0 --command '{count}'") == "22\n"


ELSEWHERE = [
    block
    for heading in sections()
    if heading != SERVER
    for block in blocks("sh", heading)
    if not block.startswith((BY_TEST_DEPLOYMENT, THIS_SUITE))
]


@pytest.mark.parametrize("block", ELSEWHERE, ids=lambda block: block.split("manage.py ")[1].split()[0])
def test_commands_by_hand_are_done_from_an_empty_folder(server, block):
    if "changepassword" in block:
        on_this_machine(server, block)
    else:
        server.output(block)
    assert server.output("ls -A /srv/bare") == ""


def on_this_machine(server, block):
    """A block for `make run`, whose database and account are there."""
    local = "cd /srv/twinning; export LOCAL=1 DATABASE_URL="
    server.output(f"{local}; .venv/bin/python manage.py migrate; .venv/bin/python manage.py prepare")
    server.output(
        f"cd /srv/twinning; export DATABASE_URL=; printf 'Rade-17-Odra\\nRade-17-Odra\\n' | {block}"
    )


CRON = [re.fullmatch(r"(?:\S+ ){5}(.+)", line)[1] for block in blocks("cron") for line in block.splitlines()]


@pytest.mark.parametrize("command", CRON, ids=lambda command: command.split("manage.py ")[1].split()[0])
def test_lines_for_cron_are_done_with_what_cron_gives(server, command):
    assert "%" not in command  # the end of a line, to cron
    account = ["setpriv", "--reuid=twinning", "--regid=twinning", "--init-groups"]
    cron = {"PATH": "/usr/bin:/bin", "HOME": "/srv/twinning", "LOGNAME": "twinning", "SHELL": "/bin/sh"}
    server.output(command, before=account, **cron)


def test_backup_of_the_night_holds_the_register_and_the_next_one_is_another_file(server):
    (backup,) = [command for command in CRON if "backup" in command]
    before = server.output("ls /var/lib/twinning-backups").split()
    told = [server.output(f"runuser --user twinning -- {backup}; sleep 1") for _night in range(2)]
    made = set(server.output("ls /var/lib/twinning-backups").split()) - set(before)
    assert len(made) == 2
    assert all(int(re.search(r"(\d+) rows", line)[1]) > 400 for line in told)


def test_what_the_program_has_made_is_for_its_account_alone(server):
    server.output(MANAGE + "backup /var/lib/twinning-backups")
    places = "/srv/twinning/environment /var/lib/twinning /var/lib/twinning-backups"
    found = server.output(f"find {places} -not -path '*/static*' -printf '%m %u %y %f\\n'").splitlines()
    owned = {tuple(line.split(" ")[:3]) for line in found if not line.endswith(" twinning")}
    assert owned <= {("600", "twinning", "f"), ("700", "twinning", "d")}
    assert "600 twinning f environment" in found
    by_nginx = "runuser --user www-data -- cat"
    server.output(f"{by_nginx} /var/lib/twinning/static/partners/site.css.gz > /dev/null")
    server.output(f"! {by_nginx} /var/lib/twinning/db.sqlite3 && ! {by_nginx} /srv/twinning/environment")
    assert "711 twinning d twinning" in found


def test_nginx_starts_as_shipped_and_makes_the_folder_of_its_cache(server):
    # In a network of its own, where no port is taken
    server.output(
        "rm -rf /var/cache/nginx*; nginx; test -s /run/nginx.pid; nginx -s stop", before=["unshare", "--net"]
    )
    assert server.output("stat --format '%U %a' /var/cache/nginx-twinning") == "www-data 700\n"
