"""The demo day as a script: who does what when, from the first technician to the last correction."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bridge.rules.model import (
    Count,
    Fault,
    Mode,
    Plan,
    PlannedPoint,
    PointType,
    RoundName,
    Sitting,
    Stage,
    Unit,
    Word,
)
from bridge.rules.sources import lot
from bridge.rules.trouble import Trouble
from bridge.simulator.cast import (
    KHOI_DOANH_NGHIEP,
    LANG_HA,
    LIEN_HA,
    MY_DUC,
    SECOND_DIRECT,
    SILENT_COMMUNES,
    SILENT_EXPECTED,
    Cast,
    cast,
)
from bridge.simulator.deeds import (
    AgentLeaves,
    AgentUp,
    AgentVanishes,
    Approve,
    CentreDrops,
    CheckUnit,
    Correct,
    CountHeads,
    Deed,
    DrawLots,
    Explain,
    Fate,
    Hand,
    LineDrops,
    Perceive,
    Photograph,
    SendKept,
    Settle,
    Sign,
    SpotCheck,
    StageTap,
    Story,
    Submit,
    SwitchMode,
    TellFault,
    TurnPhase,
)
from bridge.simulator.figures import Figures, Wishes, figured, published
from bridge.simulator.times import between, share, timed
from bridge.simulator.timetable import (
    CAUSES_IN_HALLS,
    CAUSES_OF_FLAPPING,
    CAUSES_OF_LOSS,
    CENTRE,
    CENTRE_FOR_MS,
    CENTRE_POINTS,
    DRAWN,
    EARLY_FLAPS,
    FLAP_EVERY_MS,
    FLAP_FOR_MS,
    FLAPS,
    LOSSES,
    MINUTE,
    NO_PICTURE,
    NO_SOUND,
    ON_GENERATORS,
    PHASES,
    POWER,
    ROUNDS,
    SECOND,
    at,
)
from endpoints_registry.samples.growing import TAN_LINH, Point, Sample

CONFERENCE = "hoc-tap-2026-03"
TITLE = "Hội nghị học tập, quán triệt Nghị quyết"
SITTING = "2026-03-07-am"
SEED = 2026

SEEDS = 50
"""For drawing lots: more than anybody draws in a day."""

GOOD = Perceive(Word.GOOD, Word.GOOD, Word.GOOD)


def told(sample: Sample, seed: int = SEED, *, faults: bool = True) -> Story:
    """The day of these points. The demo's 766 get the published figures; others get figures that add up.

    Without `faults` nothing fails: no line, no picture, no typo, and every figure is the same.
    """
    die = random.Random(seed)  # noqa: S311 - a play's choices, not a secret
    parts = cast(sample.points, die)
    figures = figured(sample.points, _wishes(sample.points, parts), die)
    plan = _plan(sample, figures)
    seeds = _seeds(seed)
    drawn = lot(seeds[0], sorted(figures.expected), {}, DRAWN)
    day = _Day(sample.points, parts if faults else _unharmed(parts), figures, die, _below_the_city(plan), drawn)
    deeds = sorted(day.deeds(), key=lambda deed: deed.at_ms)
    return Story(
        plan=plan,
        deeds=tuple(deeds),
        starts_ms=at("06:30"),
        ends_ms=max(at("15:41"), deeds[-1].at_ms),
        published=parts.named and published(sample.points),
        seeds=seeds,
    )


def _seeds(seed: int) -> tuple[str, ...]:
    # Not by the play's own die: how often it was thrown before is nobody's business.
    die = random.Random(f"lots:{seed}")  # noqa: S311 - a play's choices, not a secret
    return tuple(f"{die.getrandbits(128):032x}" for _ in range(SEEDS))


def _unharmed(parts: Cast) -> Cast:
    return replace(
        parts,
        dark=(),
        flapping=(),
        blinking=None,
        lost=(),
        no_picture=(),
        no_sound=(),
        offline=None,
        typo=None,
        bystanders=(),
    )


def _plan(sample: Sample, figures: Figures) -> Plan:
    return Plan(
        conference=CONFERENCE,
        title=TITLE,
        units=tuple(Unit(unit.code, unit.name, unit.level, unit.parent_code or None) for unit in sample.units),
        points=tuple(
            PlannedPoint(
                code=point.code,
                name=point.name,
                unit=point.unit_code,
                type=PointType(point.type),
                mode=Mode(point.reception_mode),
                seats=point.seats,
                area=point.area,
                provider=point.provider,
                feeder=point.feeder,
                expected={SITTING: figures.expected[point.code]},
            )
            for point in sample.points
        ),
        sittings=(Sitting(SITTING, "Buổi sáng 07/03/2026", at("08:00"), at("11:30"), ROUNDS),),
    )


def _below_the_city(plan: Plan) -> list[str]:
    """The units whose figures the city waits for, where they have points."""
    parents = {unit.code: unit.parent for unit in plan.units}

    def below(unit: str) -> str | None:
        above = parents[unit]
        return None if above is None else unit if parents[above] is None else below(above)

    return sorted({unit for point in plan.points if (unit := below(point.unit)) is not None})


def _wishes(points: Sequence[Point], parts: Cast) -> Wishes:
    """What the pictures and the published day say of single halls."""
    if not parts.named:
        return Wishes(
            middle={},
            expected={parts.typo: 64} if parts.typo else {},
            silent=parts.silent,
            correcting=parts.correcting,
        )
    third = _self_correcting(parts)
    expected = dict(SILENT_EXPECTED) | {TAN_LINH: 64, LANG_HA: 66, third: 62}
    expected |= dict(zip(parts.silent[4:], (people for _, people in SILENT_COMMUNES), strict=True))
    if parts.typo:
        expected[parts.typo] = 64
    return Wishes(
        expected=expected,
        opening={
            "01-01": Count(308, 12, 0),
            TAN_LINH: Count(60, 3, 1),
            LANG_HA: Count(63, 2, 1),
            third: Count(59, 2, 1),
        },
        opening_first={TAN_LINH: Count(59, 3, 2), LANG_HA: Count(61, 3, 2), third: Count(57, 3, 2)},
        middle={parts.typo: Count(60, 3, 1)} if parts.typo else {},
        silent=parts.silent,
        correcting=parts.correcting,
    )


def _self_correcting(parts: Cast) -> str:
    """A third hall that corrects its opening figure itself, after Tản Lĩnh and Láng Hạ."""
    return parts.no_picture[0]


class _Day:
    """The day in the making: each part of it yields its deeds."""

    def __init__(
        self,
        points: Sequence[Point],
        parts: Cast,
        figures: Figures,
        die: random.Random,
        checked: Sequence[str],
        drawn: Sequence[str],
    ) -> None:
        """`checked` are the units just below the city, `drawn` the halls of the lot."""
        self.points = points
        self.checked = checked
        self.drawn = drawn
        self.parts = parts
        self.figures = figures
        self.die = die
        self.codes = [point.code for point in points]
        self.dark = self._dark()
        self.back = self.dark[: -(-len(self.dark) * ON_GENERATORS // 14)]
        """Those who have a generator; the others move to TV."""
        self.times = timed(points, parts, figures, die)

    def deeds(self) -> Iterator[Deed]:
        yield from (Deed(at(clock), "", TurnPhase(phase), Hand.STAFF) for clock, phase in PHASES)
        yield from self._arrivals()
        yield from self._opening_round()
        yield from self._power_cut()
        yield from self._blink()
        centre = tuple(self._centre())
        yield from centre
        yield from self._flapping()
        yield from self._single_losses()
        yield from self._hall_faults()
        yield from self._middle_round()
        yield from self._offline_phone()
        yield from self._closing_round()
        yield from self._late_corrections()
        yield from self._closing_up()
        yield from self._explained(centre)
        yield from self._spot_checks()
        yield from self._photographs()

    def _dark(self) -> list[str]:
        dark = list(self.parts.dark)
        if TAN_LINH in dark and len(dark) > 2:
            # Third to go, at 08:20:12; and it has a generator.
            dark.remove(TAN_LINH)
            dark.insert(2, TAN_LINH)
        return dark

    # --- the morning

    def _arrivals(self) -> Iterator[Deed]:
        """Machines come up; technician, line test, chair, session; and a first word of picture and sound."""
        on_site, up = self.times.on_site, self.times.up
        for code in self.codes:
            if code in up:
                yield Deed(up[code], code, AgentUp())
            ready = max(on_site[code], up.get(code, 0))
            tested = max(ready + self.die.randrange(150, 500) * SECOND, at("07:02"))
            chaired = max(between("07:40", "07:57:30", self.die), tested + 60 * SECOND)
            in_session = max(at("08:00") + self.die.randrange(100) * SECOND, chaired + 60 * SECOND)
            if code == TAN_LINH and self.parts.named:
                tested, chaired, in_session = at("07:40:22"), at("07:58:04"), at("08:00:05")
            perceived = in_session + self.die.randrange(120, 320) * SECOND
            yield Deed(on_site[code], code, StageTap(Stage.ON_SITE))
            yield Deed(tested, code, StageTap(Stage.LINE_TESTED))
            yield Deed(chaired, code, StageTap(Stage.CHAIR_PRESENT))
            yield Deed(in_session, code, StageTap(Stage.IN_SESSION))
            yield Deed(perceived, code, GOOD)

    def _opening_round(self) -> Iterator[Deed]:
        first, stands = self.figures.opening_first, self.figures.opening
        by_proxy = {KHOI_DOANH_NGHIEP, MY_DUC, SECOND_DIRECT} if self.parts.named else set(self.parts.silent[:3])
        for code, time in self.times.reported.items():
            hand = Hand.STAFF if code in by_proxy else Hand.PHONE
            yield Deed(time, code, CountHeads(RoundName.OPENING, first[code]), hand)
        again = [code for code in self.codes if first[code] != stands[code] and code not in {TAN_LINH, LANG_HA}]
        clocks = {TAN_LINH: "08:02:31", LANG_HA: "08:22:20"} | dict.fromkeys(again, "08:11")
        for code, clock in clocks.items():
            if self.parts.named:
                yield Deed(at(clock), code, CountHeads(RoundName.OPENING, stands[code]))

    # --- faults of lines

    def _power_cut(self) -> Iterator[Deed]:
        """08:20: a feeder's points fall silent within 40 s, one phone says why; nine get generators, five move to TV."""
        seconds = (5, 8, 12, 15, 18, 20, 23, 26, 29, 32, 35, 38, 41, 44)
        for code, second in zip(self.dark, seconds, strict=False):
            yield Deed(at("08:20") + second * SECOND, code, AgentVanishes())
        for code in self.dark[:1]:
            yield Deed(at("08:20:50"), code, TellFault(Fault.POWER_CUT, "Mất điện cả khu vực"))
        for place, code in enumerate(self.back):
            yield Deed(at("08:34") + place * 5 * SECOND, code, AgentUp())
        for place, code in enumerate(self.dark[len(self.back) :]):
            switch = SwitchMode(Mode.TV, "Mất điện khu vực, chuyển sang xem truyền hình")
            yield Deed(at("08:52") + place * 6 * SECOND, code, switch, Hand.STAFF)

    def _blink(self) -> Iterator[Deed]:
        if self.parts.blinking:
            yield Deed(at("08:24:04"), LIEN_HA, LineDrops(18 * SECOND))

    def _centre(self) -> Iterator[Deed]:
        """09:05: our load balancer drops many connections for 40 s."""
        wanted = min(len(self.parts.bystanders), round(CENTRE_POINTS * share(self.points)))
        if wanted:
            points = tuple(sorted(self.die.sample(self.parts.bystanders, wanted)))
            yield Deed(at("09:05"), "", CentreDrops(points, CENTRE_FOR_MS))

    def _flapping(self) -> Iterator[Deed]:
        for place, code in enumerate(self.parts.flapping):
            if place < 3:
                yield from self._flaps(code, at("08:22:50") + place * 4 * SECOND, EARLY_FLAPS)
            yield from self._flaps(code, at("10:05") + place * 35 * SECOND, FLAPS)

    def _flaps(self, code: str, from_ms: int, times: int) -> Iterator[Deed]:
        for flap in range(times):
            yield Deed(from_ms + flap * FLAP_EVERY_MS, code, LineDrops(FLAP_FOR_MS))

    def _single_losses(self) -> Iterator[Deed]:
        for code, (clock, minutes) in zip(self.parts.lost, LOSSES, strict=False):
            yield Deed(at(clock), code, AgentVanishes())
            yield Deed(at(clock) + minutes * MINUTE, code, AgentUp())

    # --- faults in halls

    def _hall_faults(self) -> Iterator[Deed]:
        dark_screen = Perceive(Word.NONE, Word.GOOD, Word.GOOD)
        mute = Perceive(Word.GOOD, Word.NONE, Word.GOOD)
        for codes, plan, said, fault, note in (
            (self.parts.no_picture, NO_PICTURE, dark_screen, Fault.NO_PICTURE, "Máy chiếu không lên hình"),
            (self.parts.no_sound, NO_SOUND, mute, Fault.NO_SOUND, "Loa hội trường không có tiếng"),
        ):
            # The last hall of each list is the one that the pictures of 08:24 show.
            for code, (clock, minutes) in zip(reversed(codes), reversed(plan), strict=False):
                yield Deed(at(clock), code, said)
                yield Deed(at(clock) + 20 * SECOND, code, TellFault(fault, note))
                yield Deed(at(clock) + minutes * MINUTE, code, GOOD)

    # --- the other rounds

    def _middle_round(self) -> Iterator[Deed]:
        """09:15-09:45; and 10:45 the hall that types 640 for 60."""
        for code, count in self.figures.middle.items():
            if code == self.parts.typo:
                slip = Count(640, count.excused, count.unexcused, count.guests)
                yield Deed(at("10:45"), code, CountHeads(RoundName.MIDDLE, slip))
                yield Deed(at("10:46:30"), code, CountHeads(RoundName.MIDDLE, count))
            elif code != self.parts.offline:
                yield Deed(between("09:15:30", "09:44:30", self.die), code, CountHeads(RoundName.MIDDLE, count))

    def _offline_phone(self) -> Iterator[Deed]:
        """09:34-10:12: two acts whose answers were lost, three that waited; all five go out together."""
        code = self.parts.offline
        if code is None:
            return
        poor = Perceive(Word.POOR, Word.GOOD, Word.POOR)
        for clock, what, fate in (
            ("09:33:20", poor, Fate.UNANSWERED),
            ("09:33:50", Perceive(Word.POOR, Word.POOR, Word.POOR), Fate.UNANSWERED),
            ("09:36:10", poor, Fate.KEPT),
            ("09:41:30", CountHeads(RoundName.MIDDLE, self.figures.middle[code]), Fate.KEPT),
            ("10:03:00", GOOD, Fate.KEPT),
        ):
            yield Deed(at(clock), code, what, Hand.PHONE, fate)
        yield Deed(at("10:12"), code, SendKept())

    def _closing_round(self) -> Iterator[Deed]:
        """The last count, then the hall ends, then its machine is switched off."""
        on_television = self.dark[len(self.back) :]
        for code, count in self.figures.closing_first.items():
            said = self.times.closed[code]
            ended = max(said + 20 * SECOND, at("11:30") + self.die.randrange(300) * SECOND)
            yield Deed(said, code, CountHeads(RoundName.CLOSING, count))
            yield Deed(ended, code, StageTap(Stage.ENDED))
            # Whoever has ended looks once more at what stands there, and hands it in.
            yield Deed(ended + (60 + len(code) * sum(map(ord, code)) % 240) * SECOND, code, Submit())
            if code in self.times.up and code not in on_television:
                yield Deed(ended + 30 * SECOND, code, AgentLeaves())

    def _late_corrections(self) -> Iterator[Deed]:
        """15:30: three communes correct what version 1 said."""
        for place, code in enumerate(self.parts.correcting):
            right = Correct(RoundName.CLOSING, self.figures.closing[code], "Đối chiếu lại danh sách điểm danh giấy")
            yield Deed(at("15:30") + place * 20 * SECOND, code, right, Hand.STAFF)
            yield Deed(at("15:34") + place * 20 * SECOND, code, Approve("Đúng với danh sách có chữ ký"), Hand.SECOND)

    def _closing_up(self) -> Iterator[Deed]:
        """12:20 units are checked one after another; 14:10 version 1 is signed, 15:40 version 2."""
        for place, unit in enumerate(self.checked):
            yield Deed(at("12:20") + place * 20 * SECOND, "", CheckUnit(unit), Hand.COORDINATOR)
        yield Deed(at("14:10"), "", Sign(1), Hand.STAFF)
        if self.parts.correcting:
            yield Deed(at("15:40"), "", Sign(2), Hand.STAFF)

    # --- what is said beside the halls

    def _explained(self, centre: Sequence[Deed]) -> Iterator[Deed]:
        """Once a fault is over the organisers write down what it was."""
        parts = self.parts
        found = [(code, at("09:02"), Trouble.POWER_CUT, POWER) for code in self.dark[:1]]
        hit = [deed.what.points[0] for deed in centre if isinstance(deed.what, CentreDrops)]
        found += [(code, at("09:25"), Trouble.CENTRE, CENTRE) for code in hit]
        areas = {point.code: point.area for point in self.points}
        by_area = {areas[code]: code for code in reversed(parts.flapping)}
        for place, (code, cause) in enumerate(zip(sorted(by_area.values()), CAUSES_OF_FLAPPING, strict=False)):
            found.append((code, at("10:35") + place * MINUTE, Trouble.FLAPPING, cause))
        for code, (clock, minutes), cause in zip(parts.lost, LOSSES, CAUSES_OF_LOSS, strict=False):
            found.append((code, at(clock) + (minutes + 4) * MINUTE, Trouble.LOST, cause))
        for trouble, codes, plan in (
            (Trouble.NO_PICTURE, parts.no_picture, NO_PICTURE),
            (Trouble.NO_SOUND, parts.no_sound, NO_SOUND),
        ):
            for place, (code, (clock, minutes)) in enumerate(zip(reversed(codes), reversed(plan), strict=False)):
                cause = CAUSES_IN_HALLS[place % len(CAUSES_IN_HALLS)]
                found.append((code, at(clock) + (minutes + 3) * MINUTE, trouble, cause))
        for code, when, trouble, cause in found:
            yield Deed(when, code, Explain(trouble, cause), Hand.STAFF)

    def _spot_checks(self) -> Iterator[Deed]:
        """09:48 halls are drawn by lot; one count differs by the two who were at the door, and the hall's own stands."""
        yield Deed(at("09:48"), "", DrawLots(DRAWN), Hand.INSPECTOR)
        parts = self.parts
        busy = {parts.offline, parts.typo, *parts.dark, *parts.correcting, *parts.lost, *parts.flapping}
        visited = [code for code in self.drawn if code not in busy]
        for place, code in enumerate(visited):
            present = self.figures.middle[code].present
            when = at("09:54") + place * 5 * MINUTE
            if place == 1 and parts.typo and present > 20:
                yield Deed(
                    when, code, SpotCheck(RoundName.MIDDLE, present - 2, "Đếm từ cửa hội trường"), Hand.INSPECTOR
                )
                yield Deed(when + 6 * MINUTE, code, Photograph())
                right = Settle(
                    RoundName.MIDDLE, present - 2, "Hai đại biểu ra ngoài lúc đếm, có trong ảnh và danh sách ký"
                )
                yield Deed(at("10:40"), code, right, Hand.STAFF)
            else:
                yield Deed(when, code, SpotCheck(RoundName.MIDDLE, present), Hand.INSPECTOR)

    def _photographs(self) -> Iterator[Deed]:
        """Two halls show themselves when they have begun."""
        for place, code in enumerate((TAN_LINH, LANG_HA) if self.parts.named else self.codes[:2]):
            yield Deed(at("08:12") + place * 3 * MINUTE, code, Photograph())
