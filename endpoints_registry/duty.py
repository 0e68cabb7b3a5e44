"""The addresses of the duty roster: who answers the phone (ca trực), put in order by the organiser."""

from datetime import datetime
from typing import Annotated

import structlog
from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, RootModel
from pydantic_core import PydanticCustomError

from endpoints_registry import vietnamese
from endpoints_registry.access import Action, Caller, covers
from endpoints_registry.bodies import Moment
from endpoints_registry.columns import Misread
from endpoints_registry.columns import phone as phone_of
from endpoints_registry.conferences import HANOI, Conference
from endpoints_registry.directory import Directory
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.registry import Registry
from endpoints_registry.shifts import SHIFTS_LIMIT, Shift
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("duty")


def _phone(given: str) -> str:
    try:
        return phone_of(given)
    except Misread as wrong:
        raise PydanticCustomError("phone", "{why}", {"why": str(wrong)}) from wrong


Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"), AfterValidator(vietnamese.proper)]


EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=HANOI) for year in (2000, 2100))


def _of_our_days(at: datetime) -> datetime:
    # The first and the last days that there are cannot be told in another zone.
    if not EARLIEST <= at < LATEST:
        why = f"năm {at.year} không phải ngày trực; hãy ghi một năm từ {EARLIEST.year} đến {LATEST.year - 1}"
        raise PydanticCustomError("days", "{why}", {"why": why})
    return at


When = Annotated[AwareDatetime, AfterValidator(_of_our_days)]


class ShiftBody(BaseModel):
    """`unit`: a unit (for all below it too) or a cluster; null: for everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(min_length=1)]
    phone: Annotated[str, Field(min_length=3, max_length=40), AfterValidator(_phone)]
    what: Line = ""
    from_: When = Field(alias="from")
    to: When
    unit: str | None = Field(None, min_length=1, max_length=16)

    def shift(self) -> Shift:
        return Shift(self.name, self.phone, self.what, self.from_, self.to, self.unit)


class RosterBody(RootModel[list[ShiftBody]]):
    """The whole roster, in the order in which people are to be called."""

    root: Annotated[list[ShiftBody], Field(max_length=SHIFTS_LIMIT)]


class ShiftTold(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, frozen=True)

    name: str
    phone: str
    what: str
    from_: Moment = Field(alias="from")
    to: Moment
    unit: str | None


class RosterTold(RootModel[list[ShiftTold]]):
    """In the order in which people are to be called."""


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
