"""The file `environment` says the same to systemd, to a shell and to the program, and is found from anywhere."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from twinning.environment import read_environment

from .conftest import IN_CI
from .deployed import copy_program
from .test_readme import blocks

SYSTEMD = next(Path("/usr/lib").glob("*/systemd/libsystemd-shared-*.so"), None)
NAMES = "SECRET_KEY", "OPTIONS", "PLAIN", "EMPTY"


def keys():
    """Secret keys as Django makes them, the same ones in every run; some begin with what has a meaning elsewhere."""
    random = Random(20)  # noqa: S311
    letters = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
    made = ["".join(random.choices(letters, k=50)) for _number in range(20)]
    return [f"{first}{key}" for first, key in zip("$#!*&(=-^%", made[:10], strict=True)] + made[10:]


def written(folder, text):
    path = folder / "environment"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def by_shell(path, names):
    script = '. "$0"; for name; do eval "printf \'%s\\\\0\' \\"\\$$name\\""; done'
    done = subprocess.run(
        ["/bin/sh", "-ec", script, path, *names], capture_output=True, check=True, env={}, cwd=path.parent
    )
    return dict(zip(names, done.stdout.decode().split("\0"), strict=False))


def by_systemd(path):
    """What EnvironmentFile= of a unit would make of it: systemd's own function, as no service runs here."""
    found = ctypes.POINTER(ctypes.c_char_p)()
    load = ctypes.CDLL(SYSTEMD).load_env_file
    assert load(None, os.fsencode(path), ctypes.byref(found)) == 0
    lines = []
    while (line := found[len(lines)]) is not None:
        lines.append(line.decode())
    return dict(line.split("=", 1) for line in lines)


systemd = pytest.mark.skipif(not IN_CI and not SYSTEMD, reason="systemd is not installed")


def text_with(key):
    return (
        f"# settings\n\nSECRET_KEY='{key}'\n"
        'OPTIONS=\'{"bucket_name": "a b", "x": "\\\\$HOME `id` ; | & > < ~ * ? ! ā"}\'\n'
        "  PLAIN=postgres://name:p%40ss@host:5432/db?a=b \nEMPTY=\n"
    )


@systemd
@pytest.mark.parametrize("key", keys())
def test_file_says_the_same_to_systemd_a_shell_and_the_program(tmp_path, key):
    path = written(tmp_path, text_with(key))
    settings = read_environment(path)
    assert (settings["SECRET_KEY"], settings["EMPTY"]) == (key, "")
    assert settings["PLAIN"] == "postgres://name:p%40ss@host:5432/db?a=b"
    assert by_systemd(path) == settings
    assert by_shell(path, NAMES) == settings


@systemd
def test_files_that_readme_shows_say_the_same_to_all(tmp_path):
    shown = blocks("ini")
    assert len(shown) == 2
    for text in shown:
        path = written(tmp_path, text)
        settings = read_environment(path)
        assert settings
        assert by_systemd(path) == by_shell(path, settings) == settings


@pytest.mark.parametrize(
    "line",
    [
        "SECRET_KEY=a$b",
        'SECRET_KEY="a$b"',
        'SECRET_KEY="a`id`b"',
        'SECRET_KEY="a\\b"',
        "SECRET_KEY=a b",
        "SECRET_KEY='a",
        "SECRET_KEY='a'b'c'",
        "SECRET_KEY=(a)",
        "SECRET_KEY=a;b",
        "SECRET_KEY=~a",
        "SECRET_KEY=#a",
        "SECRET_KEY=a*",
        'SECRET_KEY={"a": 1}',
        "SECRET_KEY='a' # the first",
        "SECRET_KEY = a",
        "export SECRET_KEY=a",
        "; a comment for systemd only",
        "SECRET_KEY=a\r",
        "SECRET-KEY=a",
        "a",
    ],
)
def test_line_that_could_be_read_in_two_ways_is_refused_by_its_number(tmp_path, line):
    path = written(tmp_path, f"A=1\n{line}\n")
    with pytest.raises(ValueError, match=f"^line 2 of {path} can be misread; write it as NAME='value'"):
        read_environment(path)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602])
def test_file_that_others_may_read_or_write_is_refused(tmp_path, mode):
    path = written(tmp_path, "A=1\n")
    path.chmod(mode)
    with pytest.raises(ValueError, match=f"run chmod o= {path}"):
        read_environment(path)


# The program


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return copy_program(tmp_path_factory.mktemp("program"))


@pytest.fixture
def manage(program, tmp_path):
    """Runs manage.py of an installation from a bare folder, with nothing of the environment but what is named."""
    bare = tmp_path / "bare"
    bare.mkdir()

    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, program / "manage.py", *arguments],
            cwd=bare,
            env=environment,
            capture_output=True,
            text=True,
            umask=0o022,
        )

    yield run
    shutil.rmtree(program / "data", ignore_errors=True)
    (program / "environment").unlink(missing_ok=True)


PRINT = "from django.conf import settings as s; print(s.SECRET_KEY, s.SECRET_KEY_FALLBACKS, s.DATA_DIR)"


def test_settings_are_found_from_a_bare_folder_and_a_key_is_taken_as_it_is(program, manage):
    first, second, earlier = keys()[:3]
    text = f"SECRET_KEY='{first}'\nSECRET_KEY_FALLBACKS='{second},{earlier}'\nALLOWED_HOSTS=register.example.org\n"
    written(program, f"{text}DATA_DIR=data\n")
    outcome = manage("shell", "--verbosity=0", "--command", PRINT)
    assert outcome.stdout == f"{first} {[second, earlier]} {program / 'data'}\n", outcome.stderr


def test_what_a_process_was_given_goes_before_the_file_and_local_does_without_it(program, manage, tmp_path):
    written(program, f"SECRET_KEY='{keys()[0]}'\nALLOWED_HOSTS=register.example.org\nDATA_DIR=data\n")
    given = manage("shell", "--verbosity=0", "--command", PRINT, DATA_DIR=str(tmp_path))
    assert given.stdout == f"{keys()[0]} [] {tmp_path}\n"
    written(program, "SECRET_KEY=(\n")
    local = manage("shell", "--verbosity=0", "--command", PRINT, LOCAL="1", DATA_DIR=str(tmp_path))
    assert local.stdout.endswith(f"[] {tmp_path}\n")


def test_file_with_a_mistake_stops_the_start_with_one_sentence(program, manage):
    path = written(program, "SECRET_KEY=a$b\n")
    outcome = manage("check")
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith(f"Twinning cannot start: line 1 of {path} can be misread")
    assert outcome.stderr.count("\n") == 1


def modes(folder):
    return {
        str(path.relative_to(folder)): oct(path.stat().st_mode & 0o777)
        for path in [folder, *folder.rglob("*")]
    }


STORE = (
    "from django.core.files.base import ContentFile; from django.core.files.storage import default_storage as d; "
    "d.save('2003/ligums.pdf', ContentFile(b'1'))"
)
WHILE_OPEN = (
    "from django.conf import settings as s; from django.contrib.contenttypes.models import ContentType; "
    "ContentType.objects.create(app_label='a', model='b'); "
    "[print(p.name, oct(p.stat().st_mode & 0o777)) for p in sorted(s.DATA_DIR.glob('db.sqlite3*'))]"
)


def test_database_and_documents_are_for_their_account_alone_and_static_files_for_the_web_server(
    program, manage
):
    text = f"SECRET_KEY='{keys()[0]}'\nALLOWED_HOSTS=register.example.org\nDATABASE_URL=\nDATA_DIR=data\n"
    written(program, f"{text}AUDIT_LOG={program}/data/audit.log\n")
    data = program / "data"
    data.mkdir(mode=0o711)
    for command in (
        ["migrate", "contenttypes"],
        ["collectstatic", "--no-input"],
        ["shell", "--command", STORE],
    ):
        outcome = manage(*command, "--verbosity=0")
        assert outcome.returncode == 0, outcome.stderr
    found = modes(data)
    static = {name: mode for name, mode in found.items() if name.startswith("static")}
    assert {name for name, mode in static.items() if mode not in ("0o644", "0o755")} == set()
    assert {Path(name).suffix for name in static} >= {".css", ".gz", ".br", ".json"}
    private = {name: mode for name, mode in found.items() if name not in static}
    assert private.pop(".") == "0o711"
    assert manage("shell", "--verbosity=0", "--command", WHILE_OPEN).stdout == (
        "db.sqlite3 0o600\ndb.sqlite3-shm 0o600\ndb.sqlite3-wal 0o600\n"
    )
    assert private == {
        "db.sqlite3": "0o600",
        "documents": "0o700",
        "documents/2003": "0o700",
        "documents/2003/ligums.pdf": "0o600",
    }
