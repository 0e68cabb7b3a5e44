"""When lines are judged: not in a break between two sittings, and gently once people go home."""

import msgspec

from bridge.rules.model import Phase, Plan, Sitting

BEFORE_MS = 60 * 60_000
"""Lines are watched from so long before a sitting begins, or from its first round's opening if that is earlier."""


class Watch(msgspec.Struct, frozen=True):
    """How lines are judged at a moment."""

    judged: bool = True
    """False in a break: nobody is missed."""
    opens_ms: int = 0
    """Whoever was heard since then is missed when he falls silent. 0: there was no break before."""
    starts_ms: int = 0
    """Whoever was not heard since it opened is expected by now: people return from a break one after the other."""
    ended_ms: int | None = None
    """Since when the sitting is over by the clock; None while one goes on, and before the first."""
    closing: bool = False
    """Whether the organisers have said that the session is over."""

    @property
    def dismissed(self) -> bool:
        """Whether people may go home. A sitting may run late: one silence is a fault still, a goodbye or many at once is
        none."""
        return self.closing or self.ended_ms is not None

    def missed_from(self, heard_ms: int, patience_ms: int) -> int:
        """From when on the silence of a line counts that was last heard at this time."""
        if heard_ms >= self.opens_ms:
            return heard_ms
        # Alive up to the end of the break: it has its whole patience from there. Gone before: expected by the start.
        return self.opens_ms if heard_ms + patience_ms > self.opens_ms else self.starts_ms


def watched(plan: Plan | None, phase: Phase, now_ms: int) -> Watch:
    """The watch of this moment. Before the first sitting and after the last one lines are judged as in them."""
    sittings = sorted(plan.sittings, key=_opens_ms) if plan is not None else []
    begun = [sitting for sitting in sittings if _opens_ms(sitting) <= now_ms]
    ends_ms = max((sitting.ends_ms for sitting in begun), default=now_ms + 1)
    ended_ms = ends_ms if ends_ms <= now_ms else None
    closing = phase is Phase.CLOSING
    opens_ms = starts_ms = 0
    closes_ms = _closes_ms(begun[0]) if begun else 0
    for sitting in begun[1:]:
        if _opens_ms(sitting) > closes_ms:
            opens_ms, starts_ms = _opens_ms(sitting), sitting.starts_ms
        closes_ms = max(closes_ms, _closes_ms(sitting))
    a_break = bool(begun) and len(begun) < len(sittings) and now_ms > closes_ms
    return Watch(not a_break, opens_ms, starts_ms, ended_ms, closing)


def _opens_ms(sitting: Sitting) -> int:
    return min([sitting.starts_ms - BEFORE_MS, *(each.opens_ms for each in sitting.rounds)])


def _closes_ms(sitting: Sitting) -> int:
    return max([sitting.ends_ms, *(each.due_ms for each in sitting.rounds)])
