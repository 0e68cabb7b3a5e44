"""What a day must add up to, by somebody who never saw the server: every act once, in the order of the receipts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from bridge.rules import acts
from bridge.rules.model import Count, Mode, Plan, RoundKey, Stage

REMEMBERED = 16
"""Of so many figures that were replaced one can still say that they were wrong."""
AFTER_THE_END = (Stage.ENDED, Stage.ON_SITE, Stage.IN_SESSION)


class Receipt(NamedTuple):
    """An act, who said it with which device, and when it was received."""

    act: acts.AnyAct
    by: str
    device: str
    received_ms: int


class Answer(NamedTuple):
    accepted: bool
    code: str = ""


class Figure(NamedTuple):
    act: str
    device: str
    by: str
    said: Count
    replaced: tuple[str, ...]
    """The acts in whose place it stands, its own among them."""

    @property
    def proxy(self) -> bool:
        return self.by.startswith("user:")


class Column(NamedTuple):
    expected: int = 0
    present: int = 0
    excused: int = 0
    unexcused: int = 0
    unreported: int = 0
    guests: int = 0


class Newest(NamedTuple):
    act: str
    by: str
    received_ms: int
    take_back: Callable[[], None]


@dataclass
class Hall:
    seats: int | None
    expected: dict[str, int]
    mode: Mode
    stage: Stage = Stage.NOT_OPENED
    perceived: tuple[str, str, str] | None = None
    counts: dict[RoundKey, Figure] = field(default_factory=dict)
    waiting: dict[RoundKey, Figure] = field(default_factory=dict)
    differing: dict[RoundKey, Figure] = field(default_factory=dict)
    newest: dict[object, Newest] = field(default_factory=dict)
    scanned: dict[str, int] = field(default_factory=dict)
    submitted: bool = False


class Oracle:
    """A conference of one sitting whose halls may act all the time."""

    def __init__(self, plan: Plan, person_of: Callable[[acts.ScanAct], str | None], undo_ms: int) -> None:
        (self.sitting,) = plan.sittings
        self.halls = {
            point.code: Hall(seats=point.seats, expected=dict(point.expected), mode=point.mode) for point in plan.points
        }
        self.seen: dict[str, str] = {}
        """Person -> the hall that saw them first."""
        self._person_of = person_of
        self._undo_ms = undo_ms
        parents = {unit.code: unit.parent for unit in plan.units}
        self._above = {point.code: tuple(_upwards(point.unit, parents)) for point in plan.points}

    def take(self, told: Receipt) -> Answer:
        """What the server must have answered."""
        hall = self.halls[told.act.point]
        match told.act:
            case acts.StageAct(stage=stage):
                if hall.stage is Stage.ENDED and stage not in AFTER_THE_END:
                    return Answer(False, "ended")
                self._step(hall, told, "stage", partial(setattr, hall, "stage", hall.stage))
                hall.stage = stage
                return Answer(True)
            case acts.PerceivedAct(picture=picture, sound=sound, line=line):
                if hall.stage is Stage.ENDED:
                    return Answer(False, "ended")
                self._step(hall, told, "perceived", partial(setattr, hall, "perceived", hall.perceived))
                hall.perceived = (picture, sound, line)
                return Answer(True)
            case acts.CountAct(sitting=sitting, round=name):
                return self._count(hall, told, (sitting, name))
            case acts.LineTestAct():
                return Answer(True)
            case acts.NoticedAct():
                return Answer(False, "unknown_notice")
            case acts.SubmitAct():
                return self._submit(hall, told)
            case acts.CorrectAct():
                return self._correct(hall, told, told.act.act)
            case acts.ReleaseAct(act=act):
                for key, figure in hall.waiting.items():
                    if figure.act == act:
                        hall.counts[key] = hall.waiting.pop(key)
                        hall.submitted = False
                        return Answer(True)
                return Answer(False, "unknown_act")
            case acts.ConfirmAct(act=act):
                for figures in (hall.differing, hall.counts):
                    for key, figure in figures.items():
                        if figure.act == act:
                            hall.submitted &= figure.said == hall.counts[key].said
                            by = figure.by if told.by.startswith("user:") else told.by
                            hall.counts[key] = figure._replace(by=by)
                            hall.differing.pop(key, None)
                            return Answer(True)
                return Answer(False, "unknown_act")
            case acts.ScanAct():
                return self._scan(hall, told, self._person_of(told.act))
            case acts.UndoAct(act=act):
                return self._undo(hall, told, act)
            case acts.ExpectedAct(sitting=sitting, value=value):
                hall.expected[sitting] = value
                return Answer(True)
            case acts.ModeAct(reception_mode=mode):
                hall.mode = mode
                return Answer(True)
            case acts.IncidentAct():
                return Answer(True)

    def column(self, code: str, key: RoundKey) -> Column:
        """A hall's column: the absent are known by name and come first, whoever has no seat left is a guest."""
        hall = self.halls[code]
        expected = hall.expected.get(key[0], 0)
        figure = hall.counts.get(key)
        if figure is None:
            return Column(expected=expected, unreported=expected)
        count = figure.said
        excused = min(count.excused, expected)
        unexcused = min(count.unexcused, expected - excused)
        present = min(count.present, expected - excused - unexcused)
        rest = expected - present - excused - unexcused
        return Column(expected, present, excused, unexcused, rest, count.guests + count.present - present)

    def under(self, unit: str) -> list[str]:
        """The halls of a unit's subtree; all of them for an empty code."""
        return [code for code, above in self._above.items() if not unit or unit in above]

    def above(self, code: str) -> tuple[str, ...]:
        """The units above a hall, the nearest first."""
        return self._above[code]

    def total(self, unit: str, key: RoundKey) -> Column:
        columns = [self.column(code, key) for code in self.under(unit)]
        return Column(*(sum(parts) for parts in zip(*columns, strict=True))) if columns else Column()

    # --- what an act does

    def _count(self, hall: Hall, told: Receipt, key: RoundKey) -> Answer:
        assert isinstance(told.act, acts.CountAct)
        figure = self._figure(hall, told, told.act, key)
        stood, other = hall.counts.get(key), hall.differing.get(key)
        code = self._doubt(hall, key, figure.said)
        if not code and stood is None and told.received_ms > self._due_ms(key):
            code = "late"
        self._step_count(hall, told, key)
        hall.submitted &= stood is not None and stood.said == figure.said
        if code == "quarantined":
            hall.waiting[key] = figure
            return Answer(True, code)
        # Another device of the hall said something else: shown until somebody settles it.
        others = [each for each in (stood, other) if each and each.device != figure.device and not each.proxy]
        self._stand(hall, key, figure)
        if others and others[0].said != figure.said:
            hall.differing[key] = others[0]
        return Answer(True, code)

    def _correct(self, hall: Hall, told: Receipt, act: str) -> Answer:
        assert isinstance(told.act, acts.CorrectAct)
        keys = [key for figures in (hall.counts, hall.waiting) for key, each in figures.items() if act in each.replaced]
        if not keys:
            return Answer(False, "unknown_act")
        key = keys[0]
        figure = self._figure(hall, told, told.act, key)
        code = self._doubt(hall, key, figure.said)
        self._step_count(hall, told, key)
        stood = hall.counts.get(key)
        hall.submitted &= stood is not None and stood.said == figure.said
        if code == "quarantined":
            hall.waiting[key] = figure
        else:
            self._stand(hall, key, figure)
        return Answer(True, code)

    def _submit(self, hall: Hall, told: Receipt) -> Answer:
        """Once the last round is said and the hall has ended; nothing is owed by whoever is summoned elsewhere."""
        last = (self.sitting.id, self.sitting.rounds[-1].name)
        if hall.expected and not hall.expected.get(self.sitting.id):
            return Answer(False, "not_summoned")
        if not hall.submitted and last in hall.waiting:
            return Answer(False, "quarantined")
        if not hall.submitted and last not in hall.counts:
            return Answer(False, "no_figure")
        if not hall.submitted and hall.stage is not Stage.ENDED and told.received_ms < self.sitting.ends_ms:
            return Answer(False, "not_ended")
        hall.submitted = True
        return Answer(True)

    def _scan(self, hall: Hall, told: Receipt, person: str | None) -> Answer:
        if person is None:
            return Answer(False, "unknown_badge")
        first = self.seen.get(person)
        if first is not None:
            return Answer(True, "already_in" if first == told.act.point else "elsewhere")
        self.seen[person] = told.act.point
        hall.scanned[self.sitting.id] = hall.scanned.get(self.sitting.id, 0) + 1

        def take_back() -> None:
            del self.seen[person]
            hall.scanned[self.sitting.id] -= 1

        self._step(hall, told, "scan", take_back)
        return Answer(True)

    def _undo(self, hall: Hall, told: Receipt, act: str) -> Answer:
        for axis, newest in hall.newest.items():
            if newest.act != act:
                continue
            if newest.by != told.by:
                return Answer(False, "not_allowed")
            if told.received_ms - newest.received_ms > self._undo_ms:
                return Answer(False, "too_late")
            newest.take_back()
            del hall.newest[axis]
            return Answer(True)
        return Answer(False, "unknown_act")

    # --- figures

    def _figure(self, hall: Hall, told: Receipt, said: acts.CountAct | acts.CorrectAct, key: RoundKey) -> Figure:
        taken = [each for each in (hall.counts.get(key), hall.waiting.get(key)) if each]
        replaced = tuple(dict.fromkeys(act for each in taken for act in each.replaced))[-REMEMBERED:]
        count = Count(said.present, said.excused, said.unexcused, said.guests, said.substitutes)
        return Figure(said.id, told.device, told.by, count, (*replaced, said.id))

    def _doubt(self, hall: Hall, key: RoundKey, count: Count) -> str:
        expected, seats = hall.expected.get(key[0], 0), hall.seats or 0
        heads = count.present + count.guests
        most = max(2 * expected, seats)
        if most and heads > most:
            return "quarantined"
        rounds = [each.name for each in self.sitting.rounds]
        place = rounds.index(key[1])
        earlier = hall.counts.get((key[0], rounds[place - 1])) if place else None
        halved = earlier is not None and count.present * 2 < earlier.said.present
        too_many = count.present + count.excused + count.unexcused > expected
        return "warned" if too_many or (hall.seats is not None and heads > hall.seats) or halved else ""

    @staticmethod
    def _stand(hall: Hall, key: RoundKey, figure: Figure) -> None:
        hall.counts[key] = figure
        hall.waiting.pop(key, None)
        hall.differing.pop(key, None)

    def _due_ms(self, key: RoundKey) -> int:
        return next(each.due_ms for each in self.sitting.rounds if each.name == key[1])

    # --- taking back

    @staticmethod
    def _step(hall: Hall, told: Receipt, axis: object, take_back: Callable[[], None]) -> None:
        hall.newest[axis] = Newest(told.act.id, told.by, told.received_ms, take_back)

    def _step_count(self, hall: Hall, told: Receipt, key: RoundKey) -> None:
        kept = [(figures, figures.get(key)) for figures in (hall.counts, hall.waiting, hall.differing)]
        submitted = hall.submitted

        def take_back() -> None:
            hall.submitted = submitted
            for figures, figure in kept:
                figures.pop(key, None)
                if figure is not None:
                    figures[key] = figure

        self._step(hall, told, key, take_back)


def _upwards(unit: str | None, parents: dict[str, str | None]) -> Iterable[str]:
    while unit is not None:
        yield unit
        unit = parents[unit]
