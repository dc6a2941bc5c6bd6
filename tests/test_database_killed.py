"""PostgreSQL is killed while officers save, and comes back: nothing that was acknowledged is lost."""

import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from .conftest import IN_CI
from .deployed import Form, Officer, application_server, free_port, prepared

OFFICERS = 4
KILLED_AT, SAVES = 60, 200
ADDRESS = "/lv/admin/partners/cooperationfield/add/"


def binaries():
    """The folder of the newest PostgreSQL, which Debian keeps off the path; None where there is none."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


pytestmark = pytest.mark.skipif(not IN_CI and not binaries(), reason="PostgreSQL is not installed")


class Cluster:
    """A PostgreSQL of its own in `folder`, with the settings that it comes with."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        # It does not let itself be run by root.
        self.account = (
            {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        )
        if self.account:
            shutil.chown(folder, "postgres", "postgres")
        initdb = self.command(
            "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"
        )
        subprocess.run(**initdb, check=True, stdout=subprocess.DEVNULL)
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def command(self, program, *options):
        return {"args": [binaries() / program, "-D", self.folder, *options], "cwd": "/", **self.account}

    def start(self):
        """Ended by whoever began it: a process that nobody waits for seems to be there still."""
        address = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        self.process = subprocess.Popen(**self.command("postgres", *address), stderr=subprocess.DEVNULL)
        for _attempt in range(400):
            try:
                return psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, "The database has ended."
                time.sleep(0.05)
        raise AssertionError("The database does not answer.")

    def kill(self):
        """All its processes at once, without a word."""
        first = self.process.pid
        others = map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())
        for process in [first, *others]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()


@pytest.fixture
def cluster():
    # Temporary folders of pytest are closed to other accounts.
    with TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder))
        cluster.start()
        yield cluster
        cluster.stop()


def test_no_acknowledged_save_is_lost_and_the_site_is_back_with_the_database(cluster, tmp_path):
    environment = {"DATA_DIR": str(tmp_path), "DATABASE_URL": cluster.url}
    prepared(tmp_path, DATABASE_URL=cluster.url)
    port, numbers, acknowledged = free_port(), count(), set()
    with application_server(port, **environment) as server, ThreadPoolExecutor(OFFICERS) as pool:
        officers = [Officer() for _number in range(OFFICERS)]
        for officer in officers:
            officer.log_in(port, "anna", "pass")
        form = Form(officers[0].ask(port, ADDRESS).content.decode()).values

        def save(officer):
            number = next(numbers)
            if number == KILLED_AT:
                cluster.kill()
            answer = officer.post(
                port, ADDRESS, **form | {"slug": f"f-{number}", "name_lv": f"Joma {number}"}
            )
            if answer.status == 302:
                acknowledged.add(f"f-{number}")
            return answer

        def save_on(officer):
            """Until a save is refused."""
            while (answer := save(officer)).status == 302:
                pass
            return answer

        refused = [*pool.map(save_on, officers), save(officers[0])]
        assert {(answer.status, answer.headers["Retry-After"]) for answer in refused} == {(503, "5")}
        assert all("<h1>Reģistrs nav pieejams</h1>" in answer.content.decode() for answer in refused)
        assert KILLED_AT - OFFICERS < len(acknowledged) <= KILLED_AT

        cluster.start()
        # The first save that each of them sends again, and all others
        while len(acknowledged) < SAVES:
            assert [answer.status for answer in pool.map(save, officers)] == [302] * OFFICERS
        assert server.poll() is None
    with psycopg.connect(cluster.url) as connection:
        held = connection.execute("SELECT slug FROM partners_cooperationfield").fetchall()
    assert acknowledged <= {slug for (slug,) in held}
