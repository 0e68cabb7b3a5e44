"""Disks that can be full: a small file system of our own, or, where none may be mounted, a limit within SQLite."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

from tests.drill.centre import Centre

SIZE = "8m"
PIECE = 4096


class Disk(Protocol):
    folder: Path
    program: str
    """The module that serves on it."""

    def fill(self, centre: Centre) -> None: ...

    def make_room(self, centre: Centre) -> None: ...


class SmallDisk:
    """A file system of its own, on which somebody leaves a large file and takes it away again."""

    program = "bridge"

    def __init__(self, mounted: Path) -> None:
        self.folder = mounted / "data"
        self._ballast = mounted / "ballast"

    def fill(self, centre: Centre) -> None:
        with self._ballast.open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
            while ballast.write(bytes(PIECE)) == PIECE:
                pass

    def make_room(self, centre: Centre) -> None:
        self._ballast.unlink()


class PagesLimited:
    """Every file as usual, and a server in which SQLite finds no room for another page (`tests.drill.cramped`)."""

    program = "tests.drill.cramped"

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"

    def fill(self, centre: Centre) -> None:
        centre.process.send_signal(signal.SIGUSR1)

    def make_room(self, centre: Centre) -> None:
        centre.process.send_signal(signal.SIGUSR2)


@contextmanager
def mounted(at: Path) -> Iterator[Path]:
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(at)], check=True)
    try:
        yield at
    finally:
        # Lazily: whoever still has a file open there must not leave us with a mount for ever.
        subprocess.run(["umount", "-l", str(at)], check=True)


@cache
def mounting_is_permitted() -> bool:
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        tried = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
        if subprocess.run(tried, capture_output=True, check=False).returncode:
            return False
        subprocess.run(["umount", folder], check=True)
    return True
