"""An act on its way to the street: may they, when was it truly said, and is it the same as before."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from bridge.batch import Asked
from bridge.clock import Clock
from bridge.coordinator import Coordinator
from bridge.rules import acts, wire
from bridge.rules.conversation import malformed
from bridge.rules.model import Asker, Phase
from bridge.rules.projection import State
from bridge.rules.timing import said
from endpoints_registry.access import Action, Caller, Role, covers, may
from endpoints_registry.door import Problem

NEEDS: Mapping[type[acts.AnyAct], Action] = {
    acts.StageAct: Action.ACT,
    acts.PerceivedAct: Action.ACT,
    acts.CountAct: Action.ACT,
    acts.ScanAct: Action.ACT,
    acts.UndoAct: Action.ACT,
    acts.IncidentAct: Action.ACT,
    acts.ConfirmAct: Action.ACT,
    acts.ModeAct: Action.SETTLE,
    acts.ExpectedAct: Action.SETTLE,
    acts.ReleaseAct: Action.SETTLE,
    acts.CorrectAct: Action.CORRECT,
    acts.SubmitAct: Action.ACT,
    acts.LineTestAct: Action.ACT,
    acts.NoticedAct: Action.ACT,
}
"""What each kind of act asks of whoever sends it."""

ASKS_AS: Mapping[Role, Asker] = {
    Role.ORGANISER: Asker.ORGANISER,
    Role.COORDINATOR: Asker.COORDINATOR,
    Role.OPERATOR: Asker.OPERATOR,
}


def come_again() -> Problem:
    """Whether an act is on disk is unknown, and the phone has kept it."""
    return Problem(
        503,
        "come_again",
        "Máy chủ chưa ghi được; báo cáo vẫn giữ trên máy của bạn và sẽ được gửi lại.",
        headers={"Retry-After": "2"},
    )


class Roll(Protocol):
    """Who a conference's people are: their opaque ids, and nothing else."""

    def by_badge(self, conference: str, badge: str) -> str | None:
        """The person of a badge, if it was signed for this conference and the person is on its roster."""

    def hall_shows(self, conference: str, point: str, code: str) -> bool:
        """Whether the hall shows this code now, or did a moment ago."""

    def at_point(self, conference: str, person: str, point: str) -> bool:
        """Whether somebody is on the roster of this point."""


class Ask:
    def __init__(self, clock: Clock, roll: Roll) -> None:
        self._clock = clock
        self._roll = roll

    async def __call__(
        self,
        coordinator: Coordinator,
        caller: Caller,
        device: str,
        sent_ms: int | None,
        given: Sequence[acts.AnyAct | msgspec.Raw],
    ) -> list[wire.Outcome]:
        """One outcome an act, in order. Unreadable and unauthorised acts are refused here and never journaled.

        `sent_ms` is what the device's clock showed when it sent (None over a socket, where nothing waits in between).
        Raises Overloaded, Unavailable.
        """
        now_ms = self._clock.now()
        answers: list[wire.Outcome | None] = []
        asked: list[Asked] = []
        for each in given:
            act = _read(each)
            refusal = act if isinstance(act, wire.Outcome) else _refusal(coordinator, caller, act)
            answers.append(refusal)
            if refusal is None and not isinstance(act, wire.Outcome):
                person = self._person(coordinator.conference, act) if isinstance(act, acts.ScanAct) else None
                asked.append(_asked(act, caller, device, sent_ms, now_ms, person))
        outcomes = iter(await coordinator.ask(asked) if asked else ())
        return [answer if answer is not None else next(outcomes) for answer in answers]

    def _person(self, conference: str, act: acts.ScanAct) -> str | None:
        if act.badge:
            return self._roll.by_badge(conference, act.badge)
        return act.person if self._roll.at_point(conference, act.person, act.point) else None


def _read(given: acts.AnyAct | msgspec.Raw) -> acts.AnyAct | wire.Outcome:
    if not isinstance(given, msgspec.Raw):
        return given
    try:
        return acts.decode(given)
    except msgspec.DecodeError as wrong:
        return malformed(given, wrong)


def _refusal(coordinator: Coordinator, caller: Caller, act: acts.AnyAct) -> wire.Outcome | None:
    state = coordinator.scene.state
    point = state.point(act.point)
    path = state.path(point.planned.unit) if point else ()
    if point is None or not covers(caller, path=path, point=act.point):
        message = f"Điểm cầu {act.point} không có trong hội nghị này."
        return wire.Outcome(id=act.id, outcome="refused", code="unknown_point", message=message)
    if not may(caller, _needed(state, act), path=path, point=act.point):
        message = "Bạn không có quyền làm việc này; hãy nhờ ban tổ chức hoặc điều phối."
        return wire.Outcome(id=act.id, outcome="refused", code="not_allowed", message=message)
    return None


def _needed(state: State, act: acts.AnyAct) -> Action:
    # After the close a correction moves nothing by itself: a hall, too, may ask for one.
    if isinstance(act, acts.CorrectAct) and state.phase is Phase.CLOSED:
        return Action.ASK_CORRECTION
    return NEEDS[type(act)]


def _asked(
    act: acts.AnyAct, caller: Caller, device: str, sent_ms: int | None, now_ms: int, person: str | None
) -> Asked:
    when = said(wire.ms_of(act.at), now_ms if sent_ms is None else sent_ms, now_ms)
    return Asked(
        act=act,
        by=caller.name,
        staff=caller.proxy,
        device=device,
        at_ms=when.at_ms,
        received_ms=now_ms,
        skew_ms=when.skew_ms,
        digest=acts.digest(act),
        person=person,
        asker=ASKS_AS.get(caller.role, Asker.OPERATOR),
    )
