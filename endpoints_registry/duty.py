"""The addresses of the duty roster: who answers the phone (ca trực), put in order by the organiser."""

import structlog
from aiohttp import web

from endpoints_registry.access import Action, Caller, covers
from endpoints_registry.bodies.duty import RosterBody, RosterTold, ShiftTold
from endpoints_registry.conferences import Conference
from endpoints_registry.directory import Directory
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.registry import Registry
from endpoints_registry.shifts import Shift
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("duty")


class Duty:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        path = "/api/v1/conferences/{conference}/duty"
        return (
            Route(
                "GET",
                path,
                self.roster,
                Action.SEE_NAMES,
                "Lịch trực của hội nghị: ai nghe máy, từ lúc nào đến lúc nào, cho đơn vị nào",
                answers={200: RosterTold, 404: None},
            ),
            Route(
                "PUT",
                path,
                self.put,
                Action.GOVERN,
                "Xếp lại toàn bộ lịch trực của hội nghị",
                body=RosterBody,
                answers={200: RosterTold, 404: None, 422: None},
            ),
        )

    async def roster(self, request: web.Request) -> web.Response:
        conference = self._conference(request)
        return answer(self._told(conference, request[CALLER]))

    async def put(self, request: web.Request) -> web.Response:
        conference = self._conference(request)
        roster = [each.shift() for each in (await body_of(request, RosterBody)).root]
        directory = self._registry.on(conference.day)
        for number, shift in enumerate(roster, start=1):
            _check(shift, number, directory)
        await self._registry.put_duty(conference.id, roster)
        log.info("duty-put", conference=conference.id, shifts=len(roster), by=request[CALLER].name)
        return answer(self._told(conference, request[CALLER]))

    def _conference(self, request: web.Request) -> Conference:
        conference = self._registry.holdings.conferences.get(request.match_info["conference"])
        if conference is None or not self._registry.has_part(request[CALLER], conference):
            raise nowhere()
        return conference

    def _told(self, conference: Conference, caller: Caller) -> RosterTold:
        """Those who answer for anything of the caller's, at whatever level they sit."""
        directory = self._registry.on(conference.day)
        roster = self._registry.holdings.duty.get(conference.id, ())
        return RosterTold([_told(shift) for shift in roster if _answers(shift, caller, directory)])


def _check(shift: Shift, number: int, directory: Directory) -> None:
    if shift.ends_at <= shift.starts_at:
        raise Problem(422, "impossible", f"Ca trực thứ {number} ({shift.name}) kết thúc trước khi bắt đầu.")
    code = shift.unit_code
    if code is not None and not any(directory.path(unit) for unit in directory.scope(code)):
        detail = f"Ca trực thứ {number} ({shift.name}): không có đơn vị hay cụm mã {code} vào {directory.day:%d/%m/%Y}."
        raise Problem(422, "impossible", detail)


def _answers(shift: Shift, caller: Caller, directory: Directory) -> bool:
    if caller.everywhere or shift.unit_code is None:
        return True
    answered = directory.scope(shift.unit_code)
    # Theirs, or above what is theirs: who answers for a whole district answers for its wards.
    above = {unit for own in caller.units for unit in directory.path(own)}
    above.update(directory.path_of_point(caller.point) if caller.point else ())
    return not above.isdisjoint(answered) or any(covers(caller, path=directory.path(unit)) for unit in answered)


def _told(shift: Shift) -> ShiftTold:
    return ShiftTold(
        name=shift.name,
        phone=shift.phone,
        what=shift.what,
        from_=shift.starts_at,
        to=shift.ends_at,
        unit=shift.unit_code,
    )
