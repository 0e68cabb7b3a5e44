"""What others say of a hall beside its own word: who they are, what they counted, and what was settled."""

from enum import StrEnum

import msgspec

from bridge.rules.model import Count


class Source(StrEnum):
    """Whose figure it is (nguồn thứ hai)."""

    INSPECTOR = "inspector"
    """Somebody who went there to count (kiểm tra đột xuất)."""
    CHAIR = "chair"
    """What whoever chairs the hall said of it (chủ trì)."""
    PHOTO = "photo"
    """Counted on a photo of the hall."""


class Seen(msgspec.Struct, frozen=True):
    """What a second source counted. None: it did not count that, as nobody is absent on a photo."""

    present: int
    excused: int | None = None
    unexcused: int | None = None

    def agrees(self, count: Count) -> bool:
        """Whether a hall's own count says the same, as far as this one says anything. Guests sit in the hall too."""
        inside = count.present + count.guests
        return (
            self.present in (count.present, inside)
            and self.excused in (None, count.excused)
            and self.unexcused in (None, count.unexcused)
        )


class Stands(StrEnum):
    """Which of two figures holds."""

    OWN = "own"
    SECOND = "second"
    """The hall's own figure is wrong, and somebody has still to correct it: this alone moves nothing."""


class Roll(StrEnum):
    """The two lists of a report."""

    PRAISE = "praise"
    CRITICISM = "criticism"
