"""Who phones which hall: two people never phone the same one."""

import msgspec

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.trouble import CallOutcome


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
    """By point."""
    last: dict[str, Called] = {}
    """The newest call's outcome, by point."""
    tries: dict[str, int] = {}
    """Calls made to a point today."""


def after(calls: Calls, happened: Happened) -> Calls:
    event = happened.event
    match event:
        case events.CallClaimed():
            claim = Claim(happened.by.removeprefix("user:"), happened.at_ms, event.until_ms)
            return msgspec.structs.replace(calls, claims={**calls.claims, event.point: claim})
        case events.CallLetGo():
            return msgspec.structs.replace(calls, claims=_without(calls.claims, event.point))
        case events.CallEnded():
            called = Called(happened.by.removeprefix("user:"), happened.at_ms, event.outcome, event.note)
            return Calls(
                claims=_without(calls.claims, event.point),
                last={**calls.last, event.point: called},
                tries={**calls.tries, event.point: calls.tries.get(event.point, 0) + 1},
            )
        case _:
            return calls


def _without(claims: dict[str, Claim], point: str) -> dict[str, Claim]:
    return {code: claim for code, claim in claims.items() if code != point}
