"""What a failure of the database means to whoever asked; a failure that means a bug keeps its own name."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bridge.journal import IdentityTaken, JournalAway, JournalBroken, JournalBusy, JournalError, JournalFull


@contextmanager
def failures_named() -> Iterator[None]:
    """Failures of the database by what they mean to whoever asked; a failure that means a bug keeps its own name."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        meant = _meaning(error)
        if meant is None:
            raise
        raise meant from error
    except PoolTimeout as error:
        raise JournalBusy("every connection to the database is taken; ask again later") from error
    except OSError as error:
        raise JournalAway(f"the database cannot be reached ({error}); ask again later") from error


def _meaning(error: DBAPIError | sqlite3.Error) -> JournalError | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, IntegrityError | sqlite3.IntegrityError) and "journal_act" in str(cause).replace(".", "_"):
        return IdentityTaken(None)
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        # Extended codes carry the plain one in their low byte.
        kind, says = _SQLITE.get(code & 0xFF if code is not None else -1, (None, ""))
    elif isinstance(error, DBAPIError) and error.connection_invalidated:
        kind, says = JournalAway, "the connection to the database server was lost"
    else:
        kind, says = _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "", (None, ""))
    return kind(f"{says} ({cause})") if kind else None


_FULL = "the disk is full: free some room, nothing is accepted until then"
_FAILED = "the disk failed: stop, check it, restore from the backup if `bridge verify` finds damage"
_TAKEN = "another holder kept the turn for too long"

_SQLITE: dict[int, tuple[type[JournalError], str]] = {
    sqlite3.SQLITE_FULL: (JournalFull, _FULL),
    sqlite3.SQLITE_BUSY: (JournalBusy, _TAKEN),
    sqlite3.SQLITE_IOERR: (JournalBroken, _FAILED),
    sqlite3.SQLITE_CORRUPT: (JournalBroken, _FAILED),
    sqlite3.SQLITE_NOTADB: (JournalBroken, _FAILED),
    # A file system that met an error turns read-only by itself.
    sqlite3.SQLITE_READONLY: (JournalBroken, _FAILED),
    sqlite3.SQLITE_CANTOPEN: (JournalBroken, _FAILED),
}

_POSTGRESQL: dict[str, tuple[type[JournalError], str]] = {
    "53100": (JournalFull, _FULL),
    "53300": (JournalBusy, "the database server has no connection left"),
    "55P03": (JournalBusy, _TAKEN),
    "40P01": (JournalBusy, _TAKEN),
    "25P03": (JournalAway, "this turn stood still for too long and was ended by the database server"),
    "57P01": (JournalAway, "the database server is shutting down"),
    "57P02": (JournalAway, "the database server crashed"),
    "57P03": (JournalAway, "the database server is starting"),
    "58030": (JournalAway, "the database server met a disk error"),
}
