"""`bridge` on a disk of pages: SIGUSR1 leaves its database files no room for another one, SIGUSR2 gives it back."""

import signal
import sqlite3
from types import FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bridge.__main__ import main

ROOM = 2**31
_files: list[sqlite3.Connection] = []


@event.listens_for(Engine, "connect")
def _opened(raw: Any, _record: object) -> None:
    # The journal's writer; the others are the driver's own and only read.
    if isinstance(raw, sqlite3.Connection):
        _files.append(raw)


def _fill(_signal: int, _frame: FrameType | None) -> None:
    for file in _files:
        # Never below what is there: SQLite takes the least that the file allows.
        file.execute("PRAGMA max_page_count=1")


def _make_room(_signal: int, _frame: FrameType | None) -> None:
    for file in _files:
        file.execute(f"PRAGMA max_page_count={ROOM}")


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _fill)
    signal.signal(signal.SIGUSR2, _make_room)
    main()
