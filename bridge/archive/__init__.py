"""What is kept for years, as bytes: signed reports with their figures, photos of halls, the office's templates and fields."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

ITEM_BYTES = 64 << 20
"""Of one thing that is kept: the largest report of 40,000 points is a third of it."""
NAME_LETTERS = 120
FACTS_BYTES = 256 << 10


class ArchiveError(Exception):
    """Something is not kept; the message says what was found and what to do."""


class TooLarge(ArchiveError):
    """It is larger than anything that is kept."""


class Fixed(ArchiveError):
    """What was signed stays as it is: it is neither replaced nor forgotten."""


class Kind(StrEnum):
    REPORT = "report"
    """One file of a report, named by its format."""
    FIGURES = "figures"
    """The figures that a report was made of."""
    PHOTO = "photo"
    TEMPLATE = "template"
    OFFICE = "office"
    """What an office fills its forms with: number, symbol, place, signer, recipients."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept, without its bytes. `conference` is empty for what belongs to the whole house.

    (conference, kind, number, name) is its place; numbers are the keeper's own (a report's, a photo's), 0 for none.
    """

    conference: str
    kind: Kind
    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    """Of the bytes, in hexadecimal."""
    at_ms: int
    """When it was put here, by the hall's clock."""
    by: str
    facts: bytes = b"{}"
    """What else is to be known of it, as JSON."""
    version: int | None = None
    """As which version it was signed: from then on it is fixed. None for what may be replaced and forgotten."""


class Kept(Label, frozen=True, kw_only=True):
    content: bytes


def kept(
    conference: str,
    kind: Kind,
    number: int,
    name: str,
    media_type: str,
    content: bytes,
    *,
    at_ms: int,
    by: str,
    facts: bytes = b"{}",
) -> Kept:
    """Something to keep, weighed and sealed. Raises TooLarge."""
    if len(content) > ITEM_BYTES or len(facts) > FACTS_BYTES or len(name) > NAME_LETTERS:
        raise TooLarge(
            f"«{name[:NAME_LETTERS]}» có {len(content) >> 20} MB, kho lưu giữ mỗi tệp tối đa {ITEM_BYTES >> 20} MB."
        )
    return Kept(
        conference=conference,
        kind=kind,
        number=number,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=digest(content),
        at_ms=at_ms,
        by=by,
        facts=facts,
        content=content,
    )


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def label_of(item: Kept) -> Label:
    return Label(**{name: getattr(item, name) for name in Label.__struct_fields__})


class Archive(Protocol):
    """Where it is kept. Every call is all or nothing, and what it said is on disk when it returns."""

    async def keep(self, items: Sequence[Kept]) -> None:
        """Put these there together, each in place of what lay in its place. Raises Fixed."""

    async def one(self, conference: str, kind: Kind, number: int, name: str) -> Kept | None: ...

    async def listed(self, conference: str, *kinds: Kind, number: int | None = None) -> list[Label]:
        """The labels of a conference's things of these kinds (all, if none is named), by number, kind and name."""

    async def next_number(self, conference: str, kind: Kind) -> int:
        """One more than the highest in use, from 1."""

    async def fix(self, conference: str, number: int, version: int) -> None:
        """The report of this number, and its figures, are this version, and no other report is.

        Raises ArchiveError where there is no such report, Fixed where it is another version already.
        """

    async def loosen(self, conference: str, number: int) -> None:
        """The report of this number was not signed after all."""

    async def forget(self, conference: str, kind: Kind, number: int, name: str | None = None) -> int:
        """Let go what lies there (all names, if none is given), but for what is fixed. How many went."""

    async def close(self) -> None: ...


REPORTS = (Kind.REPORT, Kind.FIGURES)
"""What a report consists of."""
