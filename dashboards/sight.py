"""Whom a screen looks at, and whether it sees names: what lies outside is not told, nor counted."""

from collections.abc import Callable, Collection

import msgspec

from bridge.rules.rollup import ROOT
from bridge.rules.scene import Scene

Named = Callable[[str], str]
"""User name -> how its holder is called."""


class Sight(msgspec.Struct, frozen=True):
    """Whom a screen looks at: the points of a unit's subtree, and whether it sees the names of people."""

    scene: Scene
    unit: str
    points: Collection[str]
    """Codes of the points that are its own."""
    named: Named | None = None
    """None: it sees no names, as a wall does."""

    @property
    def whole(self) -> bool:
        """Whether it sees the whole conference."""
        return self.unit == ROOT

    def covers(self, codes: Collection[str]) -> bool:
        """Whether any of these points is its own."""
        return bool(codes) if self.whole else any(code in self.points for code in codes)

    def covered(self, codes: Collection[str]) -> int:
        """How many of these points are its own."""
        return len(codes) if self.whole else sum(code in self.points for code in codes)

    def name(self, user: str) -> str:
        return self.named(user) if self.named is not None and user else ""
