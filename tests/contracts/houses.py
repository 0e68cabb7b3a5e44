"""Where a journal can live: the same tests go from house to house."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bridge.journal import Journal
from bridge.journal.memory import MemoryJournal, Shelf
from bridge.journal.sql import open_journal


class House(Protocol):
    async def open(self) -> Journal:
        """A handle on this house's journal; on a shared house several at once."""


@dataclass(frozen=True)
class Memory:
    shelf: Shelf = field(default_factory=Shelf)

    async def open(self) -> Journal:
        return MemoryJournal(self.shelf)


@dataclass(frozen=True)
class Sqlite:
    path: Path

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.path}"

    async def open(self) -> Journal:
        return await open_journal(self.url)


@dataclass(frozen=True)
class Postgres:
    url: str
    told: Callable[[str], str]
    """Has one statement carried out in this database from outside."""

    async def open(self, patience_s: float = 5.0) -> Journal:
        return await open_journal(self.url, patience_s=patience_s)
