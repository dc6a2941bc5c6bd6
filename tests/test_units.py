"""The services of systemd that are shipped: what systemd thinks of them, and what their commands do.

Each command runs as it stands in its unit, by an account without rights, with nothing of the environment but what
the unit gives it, and in a view of the machine as the unit has it: the program in /srv/twinning cannot be written,
nor anything else but the folders of the unit, and there are no homes.
"""

import os
import shlex
import shutil
import stat
import subprocess
import sys
from configparser import ConfigParser
from time import time

import pytest

from .conftest import IN_CI
from .deployed import ENVIRONMENT, ROOT, Officer, copy_program, database, free_port, running

UNITS = ROOT / "twinning/deployment"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
EXPOSURE = "12"  # 1.2 of 10, as README says
ACCOUNT = "nobody"
LEAST_RIGHTS = [
    f"--reuid={ACCOUNT}",
    "--regid=nogroup",
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set=-all",
]

# $1 is the program, $2 the data, $3 the backups; then come the folders of Python, "--", and the command.
VIEW = """
set -e
program=$1 data=$2 backups=$3; shift 3
mount -t tmpfs tmpfs /mnt
mkdir /mnt/program /mnt/data /mnt/backups
mount --bind "$program" /mnt/program
mount --bind "$data" /mnt/data
mount --bind "$backups" /mnt/backups
kept=
while [ "$1" != -- ]; do
    mkdir -p "/mnt/python$1"
    mount --bind "$1" "/mnt/python$1"
    kept="$kept $1"; shift
done; shift
for folder in /root /home /srv /var/lib; do mount -t tmpfs -o mode=755 tmpfs $folder; done
mount -t tmpfs -o mode=1777 tmpfs /tmp
for folder in $kept; do mkdir -p "$folder"; mount --bind "/mnt/python$folder" "$folder"; done
mkdir /srv/twinning /var/lib/twinning /var/lib/twinning-backups
mount --bind /mnt/program /srv/twinning
mount -o remount,bind,ro /srv/twinning
mount --bind /mnt/data /var/lib/twinning
mount --bind /mnt/backups /var/lib/twinning-backups
mount -o remount,bind,ro /
umask "$UMASK"; unset UMASK
cd "$FOLDER"; unset FOLDER
exec setpriv "$@"
"""


def may_mount():
    """Whether this account may make a view of the machine of its own."""
    unshare = ["unshare", "--mount", "true"]
    return os.geteuid() == 0 and subprocess.run(unshare, capture_output=True).returncode == 0


systemd = pytest.mark.skipif(
    not IN_CI and not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)
view = pytest.mark.skipif(
    not may_mount(),
    reason="only root can run commands as another account, in a view of its own",
)


def unit(name):
    parser = ConfigParser(interpolation=None, strict=False, delimiters="=")
    parser.optionxform = str
    parser.read(UNITS / name)
    return parser


@systemd
@pytest.mark.parametrize("name", SERVICES + TIMERS)
def test_systemd_finds_nothing_wrong_with_a_unit(name, tmp_path):
    for path in UNITS.glob("twinning*"):
        text = path.read_text().replace("/srv/twinning/.venv", sys.prefix)
        (tmp_path / path.name).write_text(text)
    one = name.replace("@.", "@8001.")
    verify = ["systemd-analyze", "verify", tmp_path / one]
    done = subprocess.run(verify, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@systemd
@pytest.mark.parametrize("name", SERVICES)
def test_service_is_as_little_exposed_as_readme_says(name):
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", UNITS / name]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_timer_has_its_service():
    assert {name.replace(".timer", ".service") for name in TIMERS} == {*SERVICES} - {"twinning@.service"}


class Machine:
    """A server with the program, its settings, and the folders that systemd makes for the services."""

    def __init__(self, folder, database_url):
        self.program, self.data, self.backups = folder / "program", folder / "data", folder / "backups"
        self.program.mkdir()
        copy_program(self.program)
        (self.program / ".venv").symlink_to(sys.prefix)
        settings = {**ENVIRONMENT, "EMAIL_URL": "smtp://127.0.0.1:25", "DATABASE_URL": database_url}
        settings["DATA_DIR"] = "/var/lib/twinning"
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        (self.program / "environment").write_text("".join(lines))
        (self.program / "environment").chmod(0o600)
        shutil.chown(self.program / "environment", ACCOUNT, "nogroup")
        for made in (self.data, self.backups):
            made.mkdir(mode=0o755)
            shutil.chown(made, ACCOUNT, "nogroup")

    def command(self, name, line, port=""):
        """What runs `line` as the service `name` does: the arguments of Popen."""
        service = unit(name)["Service"]
        settings = dict(setting.split("=", 1) for setting in shlex.split(service["Environment"]))
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
            "HOME": service["WorkingDirectory"],
            "UMASK": service["UMask"],
            "FOLDER": service["WorkingDirectory"],
            **settings,
        }
        view = ["unshare", "--mount", "sh", "-c", VIEW, "view", self.program, self.data, self.backups]
        python = sorted({sys.base_prefix, sys.prefix})
        asked = shlex.split(line.replace("\\\n", " ").replace("%i", str(port)))
        return {"args": [*view, *python, "--", *LEAST_RIGHTS, *asked], "env": environment}

    def run(self, name, line):
        done = subprocess.run(**self.command(name, line), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done

    def started(self, name):
        """Run all the lines of a service that comes to an end."""
        service = unit(name)["Service"]
        return [
            self.run(name, service[when]).stdout for when in ("ExecStart", "ExecStartPost") if when in service
        ]


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    with database() as url:
        machine = Machine(tmp_path_factory.mktemp("machine"), url)
        for command in ("migrate", "loaddata daugavpils", "collectstatic --no-input"):
            machine.run("twinning@.service", f"/srv/twinning/.venv/bin/python manage.py {command}")
        yield machine


def owned(path):
    return path.owner(), oct(stat.S_IMODE(path.stat().st_mode))


@view
def test_server_serves_and_is_ready_and_ends_when_told(machine):
    port = free_port()
    line = unit("twinning@.service")["Service"]["ExecStart"]
    options = machine.command("twinning@.service", line, port)
    with running(options.pop("args"), port, **options) as server:
        visitor = Officer()
        assert visitor.ask(port, "/readyz").content == b'{"status": "ok"}'
        assert "Radoma" in visitor.ask(port, "/lv/partneri/").content.decode()
    assert server.returncode == 0


@view
def test_nightly_backup_is_there_for_its_owner_alone_and_the_oldest_go(machine):
    ages = {"twinning-old.zip": 32, "twinning-month.zip": 29, "by-hand.zip": 100}
    for name, days in ages.items():
        (machine.backups / name).touch()
        os.utime(machine.backups / name, (time() - days * 86_400,) * 2)
    told, _deleted = machine.started("twinning-backup.service")
    (made,) = {path.name for path in machine.backups.iterdir()} - ages.keys()
    assert told.startswith(f"/var/lib/twinning-backups/{made}: ")
    assert owned(machine.backups / made) == (ACCOUNT, "0o600")
    assert {path.name for path in machine.backups.iterdir()} == {made, "twinning-month.zip", "by-hand.zip"}


@view
@pytest.mark.parametrize("name", ["twinning-drill.service", "twinning-digest.service"])
def test_weekly_drill_and_reminders_of_the_morning_come_to_their_end(machine, name):
    machine.started(name)


@view
def test_nothing_but_its_folders_can_be_written_by_a_service(machine):
    places = "/srv/twinning /srv/twinning/partners /etc /usr /var/lib / /var/lib/twinning"
    line = f"/bin/sh -c 'for folder in {places}; do touch $folder/x 2>/dev/null && echo $folder; done; true'"
    assert machine.run("twinning@.service", line).stdout.split() == ["/var/lib/twinning"]
    assert owned(machine.data / "x") == (ACCOUNT, "0o600")
