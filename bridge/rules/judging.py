"""Praise and criticism (khen, phê bình): by rules that are stated, each hall with its evidence."""

from collections.abc import Collection, Mapping

import msgspec

from bridge.rules.attendance import NOBODY, People, is_summoned, people
from bridge.rules.hours import clock_of
from bridge.rules.incidents import Incidents
from bridge.rules.model import Plan, Point, Round, RoundKey, RoundName, Sitting
from bridge.rules.projection import State
from bridge.rules.sources import Edited, Sources
from bridge.rules.trouble import Trouble
from bridge.rules.witness import Roll


class Terms(msgspec.Struct, frozen=True):
    """What is praised and what is criticised; as [judgement] in the configuration says."""

    praise_all_accounted: bool = True
    praise_on_time: bool = True
    praise_no_fault: bool = True
    criticise_late: bool = True
    criticise_missing: bool = True
    criticise_unexcused_percent: float = 5.0
    """Above so much of the summoned absent without leave; 100: nobody for that."""

    def stated(self) -> Mapping[Roll, tuple[str, ...]]:
        """The rules in words, as they are printed with the lists."""
        praise = (
            (self.praise_all_accounted, "mọi đại biểu được triệu tập có mặt hoặc vắng có lý do, ở mọi buổi"),
            (self.praise_on_time, "báo cáo đúng hạn ở mọi đợt"),
            (self.praise_no_fault, "không có sự cố do điểm cầu (mất điện chung, lỗi tại trung tâm không tính)"),
        )
        criticism = (
            (self.criticise_late, "có đợt báo cáo quá hạn"),
            (self.criticise_missing, "có đợt không báo cáo"),
            (
                self.criticise_unexcused_percent < 100,
                f"vắng không lý do trên {percent_words(self.criticise_unexcused_percent)} số triệu tập của một buổi",
            ),
        )
        return {
            Roll.PRAISE: tuple(words for on, words in praise if on),
            Roll.CRITICISM: tuple(words for on, words in criticism if on),
        }


class Row(msgspec.Struct, frozen=True):
    """One hall on a list."""

    point: str
    evidence: tuple[str, ...]
    """Sentences that say where each stands in the figures."""
    edited: Edited | None = None
    """Somebody put it here though the rules do not."""


class Removed(msgspec.Struct, frozen=True):
    """A hall that the rules put on a list and somebody took off."""

    point: str
    evidence: tuple[str, ...]
    edited: Edited


class List(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...]
    removed: tuple[Removed, ...] = ()

    def among(self, codes: Collection[str]) -> "List":
        return List(
            tuple(each for each in self.rows if each.point in codes),
            tuple(each for each in self.removed if each.point in codes),
        )


class Judgement(msgspec.Struct, frozen=True):
    praise: List
    criticism: List

    def of(self, roll: Roll) -> List:
        return self.praise if roll is Roll.PRAISE else self.criticism

    def among(self, codes: Collection[str]) -> "Judgement":
        """Of these halls alone: each is judged by itself."""
        return Judgement(self.praise.among(codes), self.criticism.among(codes))

    @property
    def rows(self) -> int:
        """How many lines both lists have."""
        return sum(len(each.rows) + len(each.removed) for each in (self.praise, self.criticism))


def judged(state: State, terms: Terms, now_ms: int) -> Judgement:
    """Both lists, in the order of the plan. A round that is not due yet accuses nobody."""
    if state.plan is None:
        return Judgement(List(()), List(()))
    past = _past(state.plan, now_ms)
    faults = _faults(state.affairs.incidents)
    found: dict[Roll, list[tuple[str, tuple[str, ...]]]] = {Roll.PRAISE: [], Roll.CRITICISM: []}
    for code, point in state.points.items():
        owed = [(sitting, rounds) for sitting, rounds in past if is_summoned(point, sitting.id)]
        if not owed:
            continue
        if wrong := _wrong(point, owed, terms):
            found[Roll.CRITICISM].append((code, wrong))
        elif right := _right(point, owed, terms, faults.get(code, ())):
            found[Roll.PRAISE].append((code, right))
    return Judgement(
        praise=_edited(found[Roll.PRAISE], Roll.PRAISE, state.affairs.sources, state.points),
        criticism=_edited(found[Roll.CRITICISM], Roll.CRITICISM, state.affairs.sources, state.points),
    )


def due(plan: Plan, now_ms: int) -> int:
    """How many rounds are due by now: what is judged changes with them, and with what happens."""
    return sum(len(rounds) for _, rounds in _past(plan, now_ms))


Owed = list[tuple[Sitting, tuple[Round, ...]]]


def _past(plan: Plan, now_ms: int) -> Owed:
    """The sittings that count, each with its rounds that are due by now."""
    due = [
        (sitting, tuple(each for each in sitting.rounds if each.due_ms <= now_ms))
        for sitting in plan.sittings
        if not sitting.rehearsal
    ]
    return [(sitting, rounds) for sitting, rounds in due if rounds]


def _wrong(point: Point, owed: Owed, terms: Terms) -> tuple[str, ...]:
    """What speaks against a hall, a sentence each."""
    several = len(owed) > 1
    said = []
    for sitting, rounds in owed:
        for each in rounds:
            key: RoundKey = (sitting.id, each.name)
            figure = point.figures.get(key)
            which = _which(sitting, each, several)
            if figure is None and terms.criticise_missing:
                waits = WAITS if key in point.quarantined else ""
                said.append(f"Không báo cáo {which} (hạn {clock_of(each.due_ms)}){waits}.")
            elif figure is not None and not figure.on_time and terms.criticise_late:
                said.append(f"Báo cáo {which} quá hạn {clock_of(each.due_ms)}.")
        column = _column(point, sitting, rounds)
        if column is not None and column.expected and terms.criticise_unexcused_percent < 100:
            percent = 100 * column.unexcused / column.expected
            if percent > terms.criticise_unexcused_percent:
                where = f" ({sitting.name})" if several else ""
                said.append(
                    f"Vắng không lý do {column.unexcused} trong {column.expected} người triệu tập, "
                    f"{percent_words(percent)}{where}."
                )
    return tuple(said)


def _right(point: Point, owed: Owed, terms: Terms, faults: Collection[int]) -> tuple[str, ...]:
    """What speaks for a hall; nothing unless every rule that is set speaks for it."""
    said = []
    if terms.praise_all_accounted:
        whole = NOBODY
        for sitting, rounds in owed:
            column = _column(point, sitting, rounds)
            if column is None or column.unexcused or column.unreported or not column.expected:
                return ()
            whole += column
        said.append(f"{whole.present} có mặt và {whole.excused} vắng có lý do trong {whole.expected} lượt triệu tập.")
    if terms.praise_on_time:
        asked = [(sitting.id, each.name) for sitting, rounds in owed for each in rounds]
        if any((figure := point.figures.get(key)) is None or not figure.on_time for key in asked):
            return ()
        said.append(f"Đúng hạn cả {len(asked)} đợt báo cáo.")
    if terms.praise_no_fault:
        if faults:
            return ()
        said.append("Không có sự cố do điểm cầu.")
    return tuple(said)


def _column(point: Point, sitting: Sitting, rounds: tuple[Round, ...]) -> People | None:
    """The ledger of the newest of these rounds."""
    figure = point.figures.get((sitting.id, rounds[-1].name))
    return None if figure is None else people(point.expected.get(sitting.id, 0), figure.count)


def _faults(incidents: Incidents) -> Mapping[str, tuple[int, ...]]:
    """By hall, the incidents that were its own: not shared with any other, nor at the centre."""
    found: dict[str, list[int]] = {}
    for number, incident in incidents.known.items():
        if incident.into is None and len(incident.hits) == 1 and incident.trouble is not Trouble.CENTRE:
            found.setdefault(next(iter(incident.hits)), []).append(number)
    return {code: tuple(numbers) for code, numbers in found.items()}


def _edited(by_rule: list[tuple[str, tuple[str, ...]]], roll: Roll, sources: Sources, codes: Collection[str]) -> List:
    """A list as the rules make it, with what somebody put there or took off."""
    evidence = dict(by_rule)
    rows, removed = [], []
    for code in codes:
        edited = sources.edited.get((roll, code))
        if code in evidence and edited is not None and not edited.added:
            removed.append(Removed(code, evidence[code], edited))
        elif code in evidence:
            rows.append(Row(code, evidence[code]))
        elif edited is not None and edited.added:
            rows.append(Row(code, (), edited))
    return List(tuple(rows), tuple(removed))


WAITS = "; số liệu gửi lên bị giữ chờ kiểm tra"
ROUNDS = {RoundName.OPENING: "đợt đầu giờ", RoundName.MIDDLE: "đợt giữa giờ", RoundName.CLOSING: "đợt cuối giờ"}


def _which(sitting: Sitting, each: Round, several: bool) -> str:
    return f"{ROUNDS[each.name]}, {sitting.name}" if several else ROUNDS[each.name]


def percent_words(percent: float) -> str:
    """`5%`, `6,3%`: with a comma, and without a nought that says nothing."""
    return f"{round(percent, 1):g}%".replace(".", ",")
