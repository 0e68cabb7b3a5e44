"""What follows from what was asked: one event and an answer, or a refusal that says why."""

from typing import assert_never

import msgspec

from bridge.rules import acts, events
from bridge.rules.attendance import is_summoned, round_asked
from bridge.rules.correcting import GRACE_MS, asked, in_grace, kept, late_count
from bridge.rules.counting import NOT_FOUND, graded, meant, said
from bridge.rules.events import AnyEvent
from bridge.rules.finding import hall_of, planned_round, sitting_of
from bridge.rules.hours import clock_of
from bridge.rules.model import Asker, Figure, Grade, Phase, Plan, Point, RoundKey, Stage
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.stages import NEXT_PHASE, NEXT_STAGE, SUBMITTING


class Decided(msgspec.Struct, frozen=True):
    """An act's outcome. `code` and `message` speak to the person; an accepted act may carry them too."""

    event: AnyEvent
    accepted: bool = True
    code: str = ""
    message: str = ""


UNDO_MS = 600_000


def decide(
    state: Draft | State,
    act: acts.AnyAct,
    *,
    at_ms: int,
    staff: bool,
    by: str = "",
    received_ms: int = 0,
    person: str | None = None,
    undo_ms: int = UNDO_MS,
    grace_ms: int = GRACE_MS,
    asker: Asker | None = None,
) -> Decided:
    """Judge one act against the state.

    `staff` says that the caller may correct and settle; `at_ms` is effective time, `received_ms` arrival; `person` is whom
    a scan's badge stands for, None for a badge that is none of ours; `undo_ms` is how long an act may be taken back;
    `grace_ms` how long after the close what was said before it still counts; `asker` as what they ask for corrections.
    """
    try:
        point, plan = hall_of(state, act.point)
        if isinstance(act, acts.NoticedAct):
            # To have read something is no figure: it may be said in every phase.
            return _noticed(state, point, act)
        fixed = staff or isinstance(act, acts.CorrectAct)
        if state.phase is Phase.CLOSED and (
            fixed or not in_grace(state.affairs.closing, point.code, at_ms, received_ms, grace_ms)
        ):
            as_what = asker or (Asker.ORGANISER if staff else Asker.OPERATOR)
            return _after_the_close(state, plan, point, act, at_ms, staff=staff, asker=as_what, person=person)
        if state.phase is Phase.DRAFT:
            raise Refused("Hội nghị chưa mở; hãy chờ ban tổ chức mở hội nghị.", code="not_open")
        if isinstance(act, acts.ScanAct):
            return _scan(state, plan, point, act, at_ms, person)
        if isinstance(act, acts.UndoAct):
            return _undo(point, act, by, received_ms, undo_ms)
        if isinstance(act, acts.CorrectAct) and not staff:
            raise Refused("Hội nghị chưa chốt số liệu; hãy gửi lại số đúng.", code="not_allowed")
        if isinstance(act, acts.SubmitAct) and state.phase not in (*SUBMITTING, Phase.CLOSED):
            raise Refused("Hội nghị chưa họp nên chưa nộp số liệu được.", code="not_open")
        return _decided(plan, point, act, at_ms)
    except Refused as refused:
        kind = act.__struct_config__.tag
        event = events.ActRefused(point=act.point, kind=str(kind), code=refused.code)
        return Decided(event=event, accepted=False, code=refused.code, message=str(refused))


Plain = (
    acts.StageAct
    | acts.PerceivedAct
    | acts.CountAct
    | acts.IncidentAct
    | acts.ModeAct
    | acts.ExpectedAct
    | acts.ConfirmAct
    | acts.ReleaseAct
    | acts.CorrectAct
    | acts.LineTestAct
    | acts.SubmitAct
)
"""What is judged by the point alone."""


def _after_the_close(
    state: Draft | State,
    plan: Plan,
    point: Point,
    act: Plain | acts.ScanAct | acts.UndoAct,
    at_ms: int,
    *,
    staff: bool,
    asker: Asker,
    person: str | None,
) -> Decided:
    """Figures are fixed. Other numbers are asked for; what a hall says too late is kept, and waits where it is a figure."""
    closing = state.affairs.closing
    if isinstance(act, acts.CorrectAct):
        key, _ = meant(point, act.act)
        event = asked(plan, closing, point, key, said(act), reason=act.reason, asker=asker, said_ms=at_ms)
        message = f"Đã ghi đề nghị đính chính số {event.correction}; chờ người có thẩm quyền duyệt."
        return Decided(event=event, code="waiting", message=message)
    if staff:
        raise Refused("Hội nghị đã chốt số liệu; cần sửa thì đề nghị đính chính, kèm lý do.", code="closed")
    if isinstance(act, acts.CountAct):
        late = late_count(plan, closing, point, act, at_ms)
        waits = isinstance(late, events.CorrectionAsked)
        return Decided(event=late, code="late", message=_LATE_WAITS if waits else _LATE)
    if isinstance(act, acts.ScanAct):
        _must_check_names(plan, person)
    return Decided(event=kept(act, person), code="late", message=_LATE)


_LATE = "Đã nhận, nhưng hội nghị đã chốt số liệu: báo cáo được lưu, số liệu không đổi."
_LATE_WAITS = "Đã nhận, nhưng hội nghị đã chốt số liệu: số này được lưu và chờ ban tổ chức duyệt."


def _decided(plan: Plan, point: Point, act: Plain, at_ms: int) -> Decided:
    code = point.code
    match act:
        case acts.StageAct():
            if act.stage not in NEXT_STAGE[point.stage]:
                raise Refused(
                    f"{point.planned.name} đã kết thúc; hãy mở lại điểm cầu (kỹ thuật đã đến, hoặc đang họp).",
                    code="ended",
                )
            return Decided(event=events.StageReached(point=code, stage=act.stage))
        case acts.PerceivedAct():
            _must_not_have_ended(point)
            return Decided(event=events.HallPerceived(point=code, picture=act.picture, sound=act.sound, line=act.line))
        case acts.CountAct():
            return _count(plan, point, act, at_ms)
        case acts.IncidentAct():
            return Decided(event=events.FaultReported(point=code, fault=act.fault, note=act.note))
        case acts.ModeAct():
            return Decided(event=events.ModeChanged(point=code, mode=act.reception_mode, reason=act.reason))
        case acts.ExpectedAct():
            sitting_of(plan, act.sitting)
            return Decided(
                event=events.ExpectedChanged(point=code, sitting=act.sitting, value=act.value, reason=act.reason)
            )
        case acts.ConfirmAct():
            key = _shown(point, act.act)
            return Decided(event=events.FigureConfirmed(point=code, sitting=key[0], round=key[1], confirmed=act.act))
        case acts.ReleaseAct():
            key = _standing(point.quarantined, act.act)
            return Decided(event=events.FigureReleased(point=code, sitting=key[0], round=key[1], released=act.act))
        case acts.CorrectAct():
            return _correct(plan, point, act)
        case acts.SubmitAct():
            return _submit(plan, point, act, at_ms)
        case acts.LineTestAct():
            return Decided(
                event=events.LineTested(
                    point=code,
                    rtt_ms=act.rtt_ms,
                    jitter_ms=act.jitter_ms,
                    loss=act.loss,
                    down_kbps=act.down_kbps,
                    up_kbps=act.up_kbps,
                )
            )
        case _:
            assert_never(act)


def _must_not_have_ended(point: Point) -> None:
    if point.stage is Stage.ENDED:
        raise Refused(f"{point.planned.name} đã kết thúc; hãy mở lại điểm cầu để báo thêm.", code="ended")


def _count(plan: Plan, point: Point, act: acts.CountAct, at_ms: int) -> Decided:
    key: RoundKey = (act.sitting, act.round)
    its_round = planned_round(plan, key)
    count = said(act)
    verdict, why = graded(plan, point, key, count)
    stood = point.figures.get(key)
    on_time = at_ms <= its_round.due_ms
    event = events.FigureReported(
        point=point.code,
        sitting=act.sitting,
        round=act.round,
        count=count,
        grade=verdict,
        on_time=on_time,
        before=stood.count if stood else None,
    )
    if verdict is Grade.FINE and not on_time and stood is None:
        return Decided(event=event, code="late", message="Đã nhận, sau hạn của đợt báo cáo.")
    return Decided(event=event, code="" if verdict is Grade.FINE else verdict.value, message=why)


def _submit(plan: Plan, point: Point, act: acts.SubmitAct, at_ms: int) -> Decided:
    sitting = sitting_of(plan, act.sitting, rehearsal=False)
    if not is_summoned(point, sitting.id):
        raise Refused(f"{point.planned.name} không dự buổi này nên không phải nộp.", code="not_summoned")
    event = events.FiguresSubmitted(point=point.code, sitting=sitting.id)
    before = point.submitted.get(sitting.id)
    if before is not None:
        return Decided(event=event, message=f"Đã nộp lúc {clock_of(before.at_ms)}.")
    last: RoundKey | None = (sitting.id, sitting.rounds[-1].name) if sitting.rounds else None
    if last is not None and last in point.quarantined:
        raise Refused(
            "Số liệu đợt cuối đang chờ xác nhận; hãy gửi lại số đúng, hoặc nhờ điều phối cho tính, rồi nộp.",
            code="quarantined",
        )
    if last is not None and last not in point.figures:
        raise Refused("Chưa có số liệu đợt cuối của buổi; hãy báo quân số rồi nộp.", code="no_figure")
    if point.stage is not Stage.ENDED and at_ms < sitting.ends_ms:
        raise Refused(
            f"Buổi họp chưa xong (đến {clock_of(sitting.ends_ms)}); hãy báo kết thúc rồi nộp.", code="not_ended"
        )
    return Decided(event=event, message=f"Đã nộp {clock_of(at_ms)}.")


def _must_check_names(plan: Plan, person: str | None) -> str:
    """Whom a scan is of."""
    if not plan.names:
        raise Refused("Hội nghị này không điểm danh từng người.", code="names_off")
    if person is None:
        raise Refused("Thẻ không đọc được, hoặc không phải thẻ của hội nghị này.", code="unknown_badge")
    return person


def _scan(state: Draft | State, plan: Plan, point: Point, act: acts.ScanAct, at_ms: int, badge: str | None) -> Decided:
    person = _must_check_names(plan, badge)
    key = round_asked(plan.sittings, at_ms)
    if key is None:
        raise Refused("Hội nghị chưa có buổi nào.", code="unknown_sitting")
    first = state.seen(key[0], person)
    if first is None:
        event = events.PersonCheckedIn(point=point.code, sitting=key[0], person=person, manual=not act.badge)
        return Decided(event=event)
    again = events.PersonSeenAgain(
        point=point.code, sitting=key[0], person=person, first_point=first.point, first_ms=first.at_ms
    )
    at = clock_of(first.at_ms)
    if first.point == point.code:
        return Decided(event=again, code="already_in", message=f"Đã điểm danh lúc {at}.")
    # Which hall it was is told only to those who may see it.
    return Decided(event=again, code="elsewhere", message=f"Đã điểm danh lúc {at} ở điểm cầu khác; lần đầu được tính.")


def _undo(point: Point, act: acts.UndoAct, by: str, received_ms: int, undo_ms: int) -> Decided:
    for axis, step in point.last.items():
        if step.act != act.act:
            continue
        if step.by != by:
            raise Refused("Chỉ người đã báo mới hoàn tác được báo cáo này.", code="not_allowed")
        if received_ms - step.received_ms > undo_ms:
            raise Refused(f"Đã quá {undo_ms // 60_000} phút; hãy gửi số liệu đúng thay vì hoàn tác.", code="too_late")
        sitting, person = step.seen or (None, None)
        return Decided(
            event=events.ActUndone(point=point.code, undone=act.act, axis=axis, sitting=sitting, person=person)
        )
    raise Refused("Không hoàn tác được: báo cáo này đã có báo cáo mới hơn thay thế.", code="unknown_act")


def _noticed(state: Draft | State, point: Point, act: acts.NoticedAct) -> Decided:
    notice = state.affairs.notices.posted.get(act.notice)
    if notice is None or not notice.reaches(point.code):
        raise Refused("Không có thông báo này.", code="unknown_notice")
    if notice.withdrawn:
        # The hall did see it; what it says no longer holds, so there is nothing to confirm.
        event = events.NoticeAnswered(point=point.code, notice=act.notice, confirmed=False)
        return Decided(event=event, code="withdrawn", message="Thông báo này đã được thu hồi, không phải làm nữa.")
    confirmed = act.confirmed and notice.confirm
    return Decided(event=events.NoticeAnswered(point=point.code, notice=act.notice, confirmed=confirmed))


def _correct(plan: Plan, point: Point, act: acts.CorrectAct) -> Decided:
    key, figure = meant(point, act.act)
    count = said(act)
    verdict, why = graded(plan, point, key, count)
    event = events.FigureCorrected(
        point=point.code,
        sitting=key[0],
        round=key[1],
        count=count,
        grade=verdict,
        before=figure.count,
        corrects=act.act,
        reason=act.reason,
    )
    return Decided(event=event, code="" if verdict is Grade.FINE else verdict.value, message=why)


def _standing(figures: dict[RoundKey, Figure], act: str) -> RoundKey:
    """The round whose figure is this very act's: nobody releases or confirms numbers that they have not seen."""
    for key, figure in figures.items():
        if act == figure.act:
            return key
    raise Refused(*NOT_FOUND)


def _shown(point: Point, act: str) -> RoundKey:
    """The round for which this very figure is shown: standing, or beside another that differs."""
    for key, figure in point.differing.items():
        if act == figure.act:
            return key
    return _standing(point.figures, act)


def change_phase(state: Draft | State, phase: Phase, version: int) -> events.PhaseChanged:
    """The conference goes on to another phase, if nobody was faster (compare and set on `version`)."""
    if version != state.version:
        raise Refused(
            f"Hội nghị đã được người khác chuyển sang {state.phase.value} (phiên bản {state.version}); hãy xem lại.",
            code="version",
        )
    if phase not in NEXT_PHASE[state.phase]:
        allowed = ", ".join(sorted(each.value for each in NEXT_PHASE[state.phase])) or "không còn bước nào"
        raise Refused(
            f"Không thể chuyển từ {state.phase.value} sang {phase.value}; bước tiếp: {allowed}.", code="phase"
        )
    return events.PhaseChanged(phase=phase, version=version + 1)
