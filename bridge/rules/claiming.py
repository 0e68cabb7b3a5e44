"""Who may phone a hall now: a row of the call sheet is taken, given back, or answered for."""

from collections.abc import Sequence

from bridge.rules import events
from bridge.rules.calls import CLAIM_MS, Calls
from bridge.rules.events import AnyEvent
from bridge.rules.hours import clock_of
from bridge.rules.refused import Refused
from bridge.rules.trouble import CallOutcome

RENEWED_AFTER_MS = 60_000
"""Who claims what is theirs again within a minute has tapped twice: nothing happens."""


def claim(calls: Calls, point: str, by: str, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    """Take a hall for oneself (`by`, a user name), or hold it longer. Refused while somebody else has it."""
    _must_not_be_anothers(calls, point, by, now_ms)
    held = calls.claimed(point, now_ms)
    if held is not None and held.until_ms - now_ms > CLAIM_MS - RENEWED_AFTER_MS:
        return ()
    return ((events.CallClaimed(point=point, until_ms=now_ms + CLAIM_MS), now_ms),)


def let_go(calls: Calls, point: str, by: str, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    """Give one's row back. What nobody holds needs no giving back."""
    _must_not_be_anothers(calls, point, by, now_ms)
    return ((events.CallLetGo(point=point), now_ms),) if calls.claimed(point, now_ms) is not None else ()


def end(
    calls: Calls, point: str, by: str, now_ms: int, outcome: CallOutcome, note: str = ""
) -> Sequence[tuple[AnyEvent, int]]:
    """Say what a call came to. Also without a claim: it may have lapsed while one was talking."""
    _must_not_be_anothers(calls, point, by, now_ms)
    return ((events.CallEnded(point=point, outcome=outcome, note=note), now_ms),)


def _must_not_be_anothers(calls: Calls, point: str, by: str, now_ms: int) -> None:
    held = calls.claimed(point, now_ms)
    if held is not None and held.by != by:
        raise Refused(
            f"{held.by} đang gọi điểm cầu này (giữ đến {clock_of(held.until_ms)}); "
            "hãy gọi điểm cầu khác, hoặc chờ người đó nhả.",
            code="claimed",
        )
