"""What leaves the house: letters about what the journal holds, each told once in effect, in order, and kept in a book.

The journal is the truth and the post its follower, in a store of its own: a mail that is written down never makes a scan
wait for the disk, and a book that is lost is written anew from the journal, under the same ids.
"""

from enum import StrEnum
from typing import Protocol

import msgspec


class Kind(StrEnum):
    """What a letter says."""

    OPENED = "incident-opened"
    GROWN = "incident-grown"
    ESCALATED = "incident-escalated"
    RESOLVED = "incident-resolved"
    REOPENED = "incident-reopened"
    MISSED = "job-missed"
    FLASH = "flash"
    """The figures of the moment."""
    BACKUP = "backup-missing"
    """There is no new backup."""


class Letter(msgspec.Struct, frozen=True):
    """One thing to be told, in the words in which every channel tells it."""

    conference: str
    position: int
    """Of what gave cause for it, in the conference's journal."""
    kind: Kind
    incident: int | None
    """Letters of one incident go out in order."""
    title: str
    text: str
    facts: bytes
    """The same for programs, as JSON."""
    at_ms: int
    """Hall time."""

    def id(self, channel: str) -> str:
        """By which a receiver knows a letter that comes again."""
        return f"{self.conference}:{self.position}:{channel}"


class NotSent(Exception):
    """It may not have arrived, and is tried again. The message goes into the book: no address and no secret in it."""


class Channel(Protocol):
    """A way out of the house."""

    @property
    def name(self) -> str: ...

    async def send(self, letter: Letter) -> None:
        """Deliver it, or raise NotSent. It may be cancelled when it takes too long."""
