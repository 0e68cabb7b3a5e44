"""What was said to halls, and which of them have seen and confirmed it."""

import msgspec

from bridge.rules.events import Happened
from bridge.rules.model import RoundKey


class Notice(msgspec.Struct, frozen=True):
    number: int
    text: str
    urgent: bool
    confirm: bool
    points: frozenset[str] | None
    """None: every point."""
    units: tuple[str, ...]
    by: str
    at_ms: int
    seen: dict[str, int] = {}
    """When each hall saw it, by point."""
    confirmed: dict[str, int] = {}
    withdrawn: bool = False


class Notices(msgspec.Struct, frozen=True):
    posted: dict[int, Notice] = {}
    reminded: dict[RoundKey, dict[str, int]] = {}
    """When each hall was last reminded of a round, by point."""

    @property
    def next_number(self) -> int:
        return len(self.posted) + 1


def after(notices: Notices, happened: Happened) -> Notices:
    return notices
