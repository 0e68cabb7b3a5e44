"""Where everything is kept: four files in the data folder, or one database with four schemas, opened in this order."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy.exc import DBAPIError

from bridge.archive import Archive
from bridge.archive.sql import SqlArchive, open_archive
from bridge.clock import Clock, RealClock
from bridge.control import Occupied
from bridge.journal import Journal, JournalError
from bridge.journal.sql import SqlJournal, open_journal
from bridge.notdone import NotDone
from bridge.post.book import Book, open_book
from bridge.settings import Settings
from endpoints_registry.access import Role
from endpoints_registry.accounts import Lifetime
from endpoints_registry.conferences import HANOI
from endpoints_registry.database import InUse, UnsafeServer, WrongAddress
from endpoints_registry.registry import Registry, open_registry

T = TypeVar("T")


class Unusable(NotDone):
    """The house cannot be opened; the message says what was found and what to do."""


class Addresses(NamedTuple):
    registry: str
    journal: str
    post: str
    archive: str


class Stores(NamedTuple):
    """Opened, and at their newest schema."""

    registry: Registry
    journal: Journal
    book: Book
    archive: Archive


def addresses(settings: Settings) -> Addresses:
    """Of the four stores."""
    if settings.storage.database != "sqlite":
        return Addresses(*(settings.storage.database,) * 4)
    folder = settings.storage.folder.resolve()
    return Addresses(*(f"sqlite+aiosqlite:///{folder / name}.sqlite" for name in Addresses._fields))


@asynccontextmanager
async def opened_stores(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Stores]:
    """All of them. Raises Unusable."""
    async with (
        opened_registry(settings, clock) as registry,
        opened_journal(settings) as journal,
        opened_book(settings) as book,
        opened_archive(settings) as archive,
    ):
        yield Stores(registry, journal, book, archive)


def opened_registry(settings: Settings, clock: Clock | None = None) -> AbstractAsyncContextManager[Registry]:
    """The registry alone, as the command line uses it without a server. Raises Unusable."""
    hall_clock = clock or RealClock()
    lifetime = Lifetime(
        idle=timedelta(minutes=settings.session.idle_minutes), most=timedelta(hours=settings.session.absolute_hours)
    )
    opening = open_registry(
        addresses(settings).registry,
        today=lambda: datetime.fromtimestamp(hall_clock.now() / 1000, HANOI).date(),
        staff_lifetime=lifetime,
        secure=settings.server.secure,
        otp_roles=[Role(name) for name in settings.session.otp_roles],
    )
    return _opened(settings, opening)


@asynccontextmanager
async def opened_journal(settings: Settings) -> AsyncIterator[SqlJournal]:
    """Raises Unusable."""
    with openable(settings):
        journal = await open_journal(addresses(settings).journal)
    try:
        yield journal
    finally:
        await journal.close()


def opened_book(settings: Settings) -> AbstractAsyncContextManager[Book]:
    """The post's. Raises Unusable."""
    return _opened(settings, open_book(addresses(settings).post))


def opened_archive(settings: Settings) -> AbstractAsyncContextManager[SqlArchive]:
    """What is kept for years. Raises Unusable."""
    return _opened(settings, open_archive(addresses(settings).archive))


@asynccontextmanager
async def _opened(settings: Settings, opening: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    async with AsyncExitStack() as closing:
        # What fails later is not the opening's to explain.
        with openable(settings):
            opened = await closing.enter_async_context(opening)
        yield opened


@contextlib.contextmanager
def openable(settings: Settings) -> Iterator[None]:
    """What keeps us from the data folder or the database, in words for whoever starts us. Raises Unusable."""
    try:
        yield
    except (InUse, WrongAddress, UnsafeServer, Occupied) as failed:
        raise Unusable(str(failed)) from failed
    except (DBAPIError, JournalError, OSError) as failed:
        # Never the address itself: it may hold a password.
        where = settings.storage.folder.resolve() if settings.storage.database == "sqlite" else "the database server"
        why = str(failed.orig if isinstance(failed, DBAPIError) else failed).partition("\n")[0]
        raise Unusable(f"{where} cannot be used ({why}); mend it, or [storage] in the configuration") from failed
