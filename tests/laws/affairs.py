"""Affairs as they might go: whatever may happen to incidents, calls, notices and second sources of a conference, in any order."""

from collections.abc import Sequence

from bridge.rules import events
from bridge.rules.calls import CLAIM_MS
from bridge.rules.events import AnyEvent
from bridge.rules.model import RoundName, Stream
from bridge.rules.projection import State
from bridge.rules.sources import pool_sha256
from bridge.rules.trouble import Bond, CallOutcome, Shared, Trouble
from bridge.rules.witness import Roll, Seen, Source, Stands
from tests.cast import ANN, BINH, MORNING, SITTING, SYSTEM, phone

_DEEDS = 24
_CHOICES = 128
KINDS = _DEEDS * _CHOICES
"""So many different things may be asked for."""

Told = tuple[AnyEvent, str]
"""What happens, and by whom."""


def affair(state: State, number: int, now_ms: int) -> Told:
    """The affair of this number, as far as the state allows it; else a notice is posted."""
    choice, deed = divmod(number, _DEEDS)
    return (
        _of_incident(state, deed, choice, now_ms)
        or _of_call(state, deed, choice, now_ms)
        or _witnessed(state, deed, choice)
        or _of_the_ladder(state, deed, choice)
        or _said(state, choice)
    )


def _some(codes: Sequence[str], choice: int) -> tuple[str, ...]:
    """At least one of them."""
    chosen = tuple(code for place, code in enumerate(codes) if choice >> place % 7 & 1)
    return chosen or tuple(codes[:1])


def _of_incident(state: State, deed: int, choice: int, now_ms: int) -> Told | None:
    incidents = state.affairs.incidents
    going_on = list(incidents.open())
    over = [each for number, each in incidents.known.items() if each not in going_on and each.into is None]
    codes = tuple(state.points)
    shared = Shared(tuple(Bond)[choice % len(Bond)], "Liên Hà")
    staff = ANN if choice % 2 else BINH
    if deed in (0, 1) or (deed < 10 and not going_on and not over):
        points = _some(codes, choice) if deed else (codes[choice % len(codes)],)
        # A hall's own words are for those who may know of it.
        by, note = (phone(points[0]), f"{points[0]} báo: loa hỏng") if len(points) == 1 else (SYSTEM, "")
        trouble = tuple(Trouble)[choice % len(Trouble)]
        number = incidents.next_number
        event = events.IncidentOpened(
            incident=number, trouble=trouble, points=points, shared=shared, noticed_ms=now_ms, note=note
        )
        return event, by
    if deed == 9 and over:
        again = over[choice % len(over)]
        points = _some(tuple(again.hits), choice)
        return events.IncidentReopened(incident=again.number, by_itself=True, points=points), SYSTEM
    if not going_on or deed > 8:
        return None
    incident = going_on[choice % len(going_on)]
    number = incident.number
    match deed:
        case 2:
            others = tuple(code for code in codes if not incident.fails_at(code))
            if not others:
                return events.IncidentNoted(incident=number, note="tất cả"), staff
            points = _some(others, choice)
            return events.IncidentJoined(incident=number, points=points, shared=shared, noticed_ms=now_ms), SYSTEM
        case 3 if incident.failing:
            return events.IncidentEased(incident=number, points=_some(incident.failing, choice)), SYSTEM
        case 4:
            return events.IncidentAcknowledged(incident=number), staff
        case 5:
            return events.IncidentAssigned(incident=number, to="binh"), staff
        case 6:
            return events.IncidentExplained(incident=number, cause="máy nổ hết dầu"), staff
        case 7:
            return events.IncidentEscalated(incident=number, level=incident.level + 1, why="chưa ai nhận"), SYSTEM
        case 8:
            into = next((each.number for each in going_on if each.number < number), None) if choice % 3 == 0 else None
            return events.IncidentResolved(incident=number, by_itself=into is None, into=into), SYSTEM
        case _:
            return events.IncidentNoted(incident=number, note="đang chờ điện lực"), staff


def _of_call(state: State, deed: int, choice: int, now_ms: int) -> Told | None:
    point = tuple(state.points)[choice % len(state.points)]
    staff = ANN if choice % 2 else BINH
    match deed:
        case 10 | 11:
            return events.CallClaimed(point=point, until_ms=now_ms + CLAIM_MS // (1 + choice % 40)), staff
        case 12:
            return events.CallLetGo(point=point), staff
        case 13:
            outcome = tuple(CallOutcome)[choice % len(CallOutcome)]
            return events.CallEnded(point=point, outcome=outcome, note="hẹn 5 phút"), staff
        case 14:
            stream = tuple(Stream)[choice % len(Stream)]
            return events.StreamMoved(point=point, stream=stream, noticed_ms=now_ms), SYSTEM
        case 15:
            points = _some(tuple(state.points), choice)
            return events.RemindersSent(sitting=SITTING, round=RoundName.OPENING, points=points), SYSTEM
        case 16:
            return events.JobMissed(job="flash", due_ms=MORNING), SYSTEM
        case _:
            return None


def _witnessed(state: State, deed: int, choice: int) -> Told | None:
    codes = tuple(state.points)
    point = codes[choice % len(codes)]
    round, source = tuple(RoundName)[choice % 3], tuple(Source)[choice // 3 % 3]
    staff, seen = (ANN if choice % 2 else BINH), Seen(choice, excused=1 if choice % 5 else None)
    sources = state.affairs.sources
    match deed:
        case 18:
            return events.SourceGiven(
                point=point, sitting=SITTING, round=round, source=source, seen=seen, note="cửa sau khóa"
            ), staff
        case 19:
            drawn = _some(codes, choice)
            return events.SpotCheckDrawn(
                draw=len(sources.draws) + 1,
                unit="001" if choice % 2 else "",
                sitting=SITTING,
                seed=f"{choice:032x}",
                points=drawn,
                among=len(codes),
                pool_sha256=pool_sha256(codes),
                times={},
            ), staff
        case 20:
            stands = tuple(Stands)[choice % 2]
            return events.DifferenceSettled(
                point=point,
                sitting=SITTING,
                round=round,
                source=source,
                stands=stands,
                own=None,
                seen=seen,
                reason="đã gọi chủ trì",
            ), staff
        case 21 if choice % 2:
            photo = len(sources.photos) + 1
            return events.PhotoTaken(
                point=point, sitting=SITTING, photo=photo, sha256=f"{choice:064x}", size=choice
            ), phone(point)
        case 21:
            roll = tuple(Roll)[choice // 2 % 2]
            return events.JudgementChanged(
                point=point, roll=roll, added=bool(choice % 4), reason="mất điện cả phường"
            ), staff
        case _:
            return None


def _of_the_ladder(state: State, deed: int, choice: int) -> Told | None:
    units, codes = tuple(state.units), tuple(state.points)
    unit, point = units[choice % len(units)], codes[choice % len(codes)]
    if deed == 22:
        if choice % 2:
            return events.UnitChecked(unit=unit, sitting=SITTING, without=_some(codes, choice)), ANN
        return events.UnitReturned(unit=unit, sitting=SITTING, reason=f"{unit} xem lại"), ANN
    if deed == 23:
        if choice % 2:
            return events.FiguresReturned(point=point, sitting=SITTING, reason=f"{point} xem lại"), BINH
        version = len(state.affairs.closing.versions) + 1
        return events.VersionSigned(version=version, position=1, figures_sha256="0" * 64, files={}), ANN
    return None


def _said(state: State, choice: int) -> Told:
    posted = state.affairs.notices.posted
    if posted and choice % 4:
        notice = posted[1 + choice % len(posted)]
        reached = [code for code in state.points if notice.reaches(code)]
        if choice % 4 == 1:
            return events.NoticeWithdrawn(notice=notice.number), ANN
        point = reached[choice % len(reached)]
        return events.NoticeAnswered(point=point, notice=notice.number, confirmed=choice % 4 == 3), phone(point)
    points = _some(tuple(state.points), choice) if choice % 8 else None
    units = ("001", "D01") if points and choice % 16 == 4 else ()
    event = events.NoticePosted(
        notice=state.affairs.notices.next_number,
        text="Đề nghị kiểm tra âm thanh " * (1 + choice % 9),
        confirm=bool(choice % 3),
        points=points,
        units=units,
    )
    return event, ANN
