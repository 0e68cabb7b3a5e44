"""Who phones which hall: two people never phone the same one."""

from collections.abc import Mapping

import msgspec

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.trouble import CallOutcome

CLAIM_MS = 10 * 60_000
"""A call takes less. Whoever claimed a row and was called away holds nobody up for longer."""
NOTE_LIMIT = 300
"""Letters of what somebody writes about a call."""


class Claim(msgspec.Struct, frozen=True):
    by: str
    """User name."""
    since_ms: int
    until_ms: int
    """After this it holds nobody up any more."""


class Called(msgspec.Struct, frozen=True):
    by: str
    at_ms: int
    outcome: CallOutcome
    note: str = ""


class Calls(msgspec.Struct, frozen=True):
    claims: dict[str, Claim] = {}
    """By point. One that has lapsed may still stand here: `claimed` asks the clock."""
    last: dict[str, Called] = {}
    """The newest call's outcome, by point."""
    tries: dict[str, int] = {}
    """Calls made to a point in this conference."""

    def claimed(self, point: str, now_ms: int) -> Claim | None:
        """Who phones this hall now; a claim that has lapsed is none."""
        claim = self.claims.get(point)
        return claim if claim is not None and claim.until_ms > now_ms else None


def after(calls: Calls, happened: Happened) -> Calls:
    """What an event makes of the claims and calls; most events make nothing of them."""
    event, by, at_ms = happened.event, happened.by.removeprefix("user:"), happened.at_ms
    match event:
        case events.CallClaimed():
            held = calls.claimed(event.point, at_ms)
            # Who claims again what is theirs has been at it since they began.
            since_ms = held.since_ms if held is not None and held.by == by else at_ms
            claims = _holding(calls.claims, at_ms) | {event.point: Claim(by, since_ms, event.until_ms)}
            return msgspec.structs.replace(calls, claims=claims)
        case events.CallLetGo():
            return msgspec.structs.replace(calls, claims=_without(calls.claims, event.point))
        case events.CallEnded():
            return Calls(
                claims=_without(calls.claims, event.point),
                last={**calls.last, event.point: Called(by, at_ms, event.outcome, event.note)},
                tries={**calls.tries, event.point: calls.tries.get(event.point, 0) + 1},
            )
        case _:
            return calls


def _holding(claims: Mapping[str, Claim], at_ms: int) -> dict[str, Claim]:
    """The claims that still hold somebody up: those that have lapsed do not pile up."""
    return {code: claim for code, claim in claims.items() if claim.until_ms > at_ms}


def _without(claims: Mapping[str, Claim], point: str) -> dict[str, Claim]:
    return {code: claim for code, claim in claims.items() if code != point}
