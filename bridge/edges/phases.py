"""From draft to closed: the conference goes on to its next phase, and leaving the draft fixes the list of its halls."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bridge.clock import Clock
from bridge.edges.commanding import commanded
from bridge.halls import Halls
from bridge.rules import events
from bridge.rules.deciding import change_phase
from bridge.rules.events import AnyEvent
from bridge.rules.model import Phase, Plan
from bridge.rules.projection import Draft
from endpoints_registry.access import Action
from endpoints_registry.door import CALLER, Route, nowhere
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("phases")


class PhaseBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phase: Phase
    version: int = Field(ge=0, description="The version this decision was made on; another one answers 409.")


class PhaseAnswer(msgspec.Struct, frozen=True):
    phase: str
    version: int


Freeze = Callable[[str], Awaitable[Plan | None]]
"""The registry's plan of a conference; None if there is no such conference. Raises Refused if it cannot be held."""


class Phases:
    def __init__(self, halls: Halls, clock: Clock, freeze: Freeze) -> None:
        self._halls = halls
        self._clock = clock
        self._freeze = freeze

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                "/api/v1/conferences/{conference}/phase",
                self.phase,
                Action.GOVERN,
                "Chuyển giai đoạn của hội nghị; rời bản nháp là chốt danh sách điểm cầu",
                body=PhaseBody,
                answers={200: PhaseAnswer, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    async def phase(self, request: web.Request) -> web.Response:
        asked = await body_of(request, PhaseBody)
        conference = request.match_info["conference"]
        plan = await self._freeze(conference)
        if plan is None:
            raise nowhere()
        hall = await self._halls.open(conference)
        at_ms = self._clock.now()

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            changed = change_phase(draft, asked.phase, asked.version)
            frozen = ((events.ConferenceFrozen(plan=plan), at_ms),) if draft.plan is None else ()
            return (*frozen, (changed, at_ms))

        await commanded(hall, judge, request[CALLER])
        state = hall.coordinator.scene.state
        log.info("phase-changed", conference=conference, phase=state.phase.value, by=request[CALLER].name)
        return answer(PhaseAnswer(state.phase.value, state.version))
