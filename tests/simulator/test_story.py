"""The demo day adds up: every figure that the published day tells is in its script."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.rules.attendance import grade
from bridge.rules.model import MEASURED, Count, Fault, Grade, Mode, PointType, RoundName, Stage, Word, opened
from bridge.rules.sources import lot
from bridge.simulator.cast import BAC_PHU, KHOI_DOANH_NGHIEP, LANG_HA, LIEN_HA, MY_DUC, YET_KIEU
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
)
from bridge.simulator.figures import TABLE, apportioned
from bridge.simulator.story import SITTING, told
from bridge.simulator.timetable import at
from endpoints_registry.samples.growing import TAN_LINH, grown

DAY = told(grown("hanoi-2023"))
EXPECTED = {point.code: point.expected[SITTING] for point in DAY.plan.points}
TYPE = {point.code: point.type for point in DAY.plan.points}
POINTS = {point.code: point for point in DAY.plan.points}


def until(clock: str, day: Story = DAY) -> Iterator[Deed]:
    """What has happened by then."""
    return (deed for deed in day.deeds if deed.at_ms <= at(clock))


def figures(clock: str, name: RoundName, day: Story = DAY) -> dict[str, Count]:
    """The good figures of a round as they stand at a time."""
    seats = {point.code: point for point in day.plan.points}
    standing: dict[str, Count] = {}
    asked: dict[str, Count] = {}
    for deed in until(clock, day):
        match deed.what:
            case Correct(round=said, count=count) if said is name:
                asked[deed.point] = count
            case Approve() if deed.point in asked:
                standing[deed.point] = asked.pop(deed.point)
            case CountHeads(round=said, count=count) if said is name:
                planned = seats[deed.point]
                verdict, _ = grade(opened(planned), (SITTING, name), count, None)
                if verdict is not Grade.QUARANTINED:
                    standing[deed.point] = count
            case _:
                pass
    return standing


def sums(standing: dict[str, Count]) -> tuple[int, int, int]:
    return (
        sum(count.present for count in standing.values()),
        sum(count.excused for count in standing.values()),
        sum(count.unexcused for count in standing.values()),
    )


def stages(clock: str) -> dict[str, Stage]:
    return {deed.point: deed.what.stage for deed in until(clock) if isinstance(deed.what, StageTap)}


def up(clock: str) -> set[str]:
    """The rooms whose machine is on and whose line carries."""
    on: dict[str, bool] = {}
    broken: dict[str, int] = {}
    for deed in until(clock):
        match deed.what:
            case AgentUp():
                on[deed.point] = True
            case AgentVanishes() | AgentLeaves():
                on[deed.point] = False
            case LineDrops(for_ms=for_ms):
                broken[deed.point] = deed.at_ms + for_ms
            case CentreDrops(points=points, for_ms=for_ms):
                broken |= dict.fromkeys(points, deed.at_ms + for_ms)
            case _:
                pass
    return {code for code, is_on in on.items() if is_on and broken.get(code, 0) <= at(clock)}


def test_this_is_the_published_day() -> None:
    assert DAY.published
    assert len(DAY.plan.points) == 766
    assert [deed.at_ms for deed in DAY.deeds] == sorted(deed.at_ms for deed in DAY.deeds)


def test_who_is_expected_adds_up_by_type() -> None:
    for kind, row in TABLE.items():
        assert sum(EXPECTED[code] for code in EXPECTED if TYPE[code] == kind) == row.expected
    assert sum(EXPECTED.values()) == 55_200


def test_the_day_ends_with_the_table() -> None:
    standing = figures("15:40", RoundName.CLOSING)
    assert sums(standing) == (52_614, 2_311, 275)
    for kind, row in TABLE.items():
        there = {code: count for code, count in standing.items() if TYPE[code] == kind}
        assert (len(there), *sums(there)) == (row.points, row.present, row.excused, row.unexcused)


def test_version_1_is_signed_with_its_own_figures_and_three_communes_correct_it() -> None:
    assert sums(figures("14:10", RoundName.CLOSING)) == (52_631, 2_300, 269)
    corrections = [deed for deed in DAY.deeds if isinstance(deed.what, Correct)]
    assert len({deed.point for deed in corrections}) == 3
    assert {TYPE[deed.point] for deed in corrections} == {PointType.COMMUNE}
    assert all(at("15:30") <= deed.at_ms < at("15:31") and deed.hand is Hand.STAFF for deed in corrections)
    approved = [deed for deed in DAY.deeds if isinstance(deed.what, Approve)]
    assert [deed.point for deed in approved] == [deed.point for deed in corrections]
    assert {deed.hand for deed in approved} == {Hand.SECOND}
    signed = [(deed.what.version, deed.at_ms) for deed in DAY.deeds if isinstance(deed.what, Sign)]
    assert signed == [(1, at("14:10")), (2, at("15:40"))]


def test_every_hall_submits_after_its_last_word_and_every_district_is_checked_before_the_close() -> None:
    said = {deed.point: deed.at_ms for deed in until("13:50") if isinstance(deed.what, CountHeads | StageTap)}
    submitted = {deed.point: deed.at_ms for deed in DAY.deeds if isinstance(deed.what, Submit)}
    assert submitted.keys() == POINTS.keys()
    assert all(said[code] < submitted[code] < at("12:20") for code in submitted)
    checked = [deed for deed in DAY.deeds if isinstance(deed.what, CheckUnit)]
    assert len(checked) == 50
    assert all(at("12:20") <= deed.at_ms < at("13:50") for deed in checked)


def test_every_good_figure_is_a_whole_hall() -> None:
    for name in RoundName:
        for code, count in figures("15:40", name).items():
            assert count.answered == EXPECTED[code]
            assert count.present + count.guests <= (POINTS[code].seats or 0)


def test_the_morning_counts_of_people_on_site_lines_and_reports() -> None:
    assert sum(stage is not Stage.NOT_OPENED for stage in stages("07:00").values()) == 731
    assert len(up("07:30")) == 742
    assert len(up("08:00")) == 762
    assert len(figures("07:30", RoundName.OPENING)) == 401
    assert sums(figures("07:30", RoundName.OPENING))[0] == 24_880
    assert len(figures("08:00", RoundName.OPENING)) == 752
    assert sums(figures("08:00", RoundName.OPENING))[0] == 51_488


def test_the_moment_of_the_pictures() -> None:
    clock = "08:24:16"
    standing = figures(clock, RoundName.OPENING)
    assert len(standing) == 752
    assert sums(standing) == (51_493, 2_281, 266)
    assert 55_200 - sum(sums(standing)) == 1_160
    assert sum(count.guests for count in standing.values()) == 118
    assert len(up(clock)) == 748
    gone = set(POINTS) - up(clock)
    assert {BAC_PHU, LIEN_HA} < gone
    assert sum(POINTS[code].feeder == "371" for code in gone) == 14
    assert sum(POINTS[code].mode not in MEASURED for code in gone) == 2
    assert [code for code in POINTS if stages(clock).get(code, Stage.NOT_OPENED) is Stage.NOT_OPENED] == [BAC_PHU]
    unreported = {code: EXPECTED[code] for code in set(POINTS) - set(standing)}
    assert {BAC_PHU: 78, KHOI_DOANH_NGHIEP: 148, MY_DUC: 132}.items() < unreported.items()
    perceived = {deed.point: deed.what for deed in until(clock) if isinstance(deed.what, Perceive)}
    bad = {code for code, said in perceived.items() if Word.NONE in (said.picture, said.sound)}
    assert YET_KIEU in bad
    assert sorted(POINTS[code].area for code in bad) == ["Gia Lâm", "Hà Đông"]


def test_the_pictured_hall_says_59_and_then_60_of_64() -> None:
    said = [
        (deed.at_ms, deed.what.count)
        for deed in DAY.deeds
        if deed.point == TAN_LINH and isinstance(deed.what, CountHeads) and deed.what.round is RoundName.OPENING
    ]
    assert said == [(at("07:58:50"), Count(59, 3, 2)), (at("08:02:31"), Count(60, 3, 1))]
    assert figures("08:22", RoundName.OPENING)[LANG_HA].present == 61
    assert figures("08:23", RoundName.OPENING)[LANG_HA].present == 63


def test_the_power_cut_takes_fourteen_of_one_feeder_within_forty_seconds_and_nine_return_before_five_move() -> None:
    cut = [
        deed for deed in DAY.deeds if isinstance(deed.what, AgentVanishes) and at("08:20") <= deed.at_ms < at("08:21")
    ]
    assert len(cut) == 14
    assert cut[-1].at_ms - cut[0].at_ms <= 40_000
    assert {(POINTS[deed.point].area, POINTS[deed.point].feeder) for deed in cut} == {("Ba Vì", "371")}
    back = {
        deed.point for deed in DAY.deeds if isinstance(deed.what, AgentUp) and at("08:34") <= deed.at_ms < at("08:35")
    }
    moved = {deed.point: deed for deed in DAY.deeds if isinstance(deed.what, SwitchMode)}
    assert (len(back), len(moved)) == (9, 5)
    assert back | moved.keys() == {deed.point for deed in cut}
    assert all(
        isinstance(deed.what, SwitchMode) and deed.what.mode is Mode.TV and at("08:52") <= deed.at_ms < at("08:53")
        for deed in moved.values()
    )


def test_the_centre_drops_430_lines_for_40_seconds() -> None:
    (drop,) = [deed for deed in DAY.deeds if isinstance(deed.what, CentreDrops)]
    assert isinstance(drop.what, CentreDrops)
    assert (drop.at_ms, drop.what.for_ms, len(set(drop.what.points))) == (at("09:05"), 40_000, 430)
    assert set(drop.what.points) <= up("09:04:59")


def test_a_tool_without_grouping_would_have_called_481_times() -> None:
    vanished = sum(isinstance(deed.what, AgentVanishes) for deed in DAY.deeds)
    flaps = [deed for deed in DAY.deeds if isinstance(deed.what, LineDrops) and deed.point != LIEN_HA]
    centre = sum(len(deed.what.points) for deed in DAY.deeds if isinstance(deed.what, CentreDrops))
    assert (vanished, len(flaps), centre) == (14 + 7, 30, 430)
    assert vanished + len(flaps) + centre == 481


def test_six_points_of_four_areas_flap_at_five_past_ten() -> None:
    flaps = [deed for deed in DAY.deeds if isinstance(deed.what, LineDrops) and at("10:05") <= deed.at_ms < at("10:15")]
    assert set(Counter(deed.point for deed in flaps).values()) == {3}
    points = {deed.point for deed in flaps}
    assert (len(points), len({POINTS[code].area for code in points})) == (6, 4)


def test_six_halls_lose_the_picture_and_nine_the_sound_and_all_get_it_back() -> None:
    faults = [deed for deed in DAY.deeds if isinstance(deed.what, TellFault)]
    assert Counter(deed.what.fault for deed in faults if isinstance(deed.what, TellFault)) == {
        Fault.NO_PICTURE: 6,
        Fault.NO_SOUND: 9,
        # One of the fourteen says by phone what has happened to all of them.
        Fault.POWER_CUT: 1,
    }
    last = {deed.point: deed.what for deed in DAY.deeds if isinstance(deed.what, Perceive)}
    assert set(last.values()) == {Perceive(Word.GOOD, Word.GOOD, Word.GOOD)}


def test_a_phone_offline_for_38_minutes_sends_three_new_acts_and_two_old_ones() -> None:
    (back,) = [deed for deed in DAY.deeds if isinstance(deed.what, SendKept)]
    own = [deed for deed in DAY.deeds if deed.point == back.point and deed.fate is not Fate.ANSWERED]
    assert back.at_ms == at("10:12")
    assert Counter(deed.fate for deed in own) == {Fate.UNANSWERED: 2, Fate.KEPT: 3}
    assert all(at("09:33") <= deed.at_ms < back.at_ms for deed in own)


def test_a_typo_of_640_is_quarantined_and_corrected_to_60() -> None:
    (slip,) = [deed for deed in DAY.deeds if isinstance(deed.what, CountHeads) and deed.what.count.present == 640]
    assert slip.at_ms == at("10:45")
    assert EXPECTED[slip.point] == 64
    assert slip.point not in figures("10:46", RoundName.MIDDLE)
    assert figures("10:47", RoundName.MIDDLE)[slip.point].present == 60


def test_two_halls_report_the_closing_round_late() -> None:
    assert len(figures("12:00", RoundName.CLOSING)) == 764
    assert len(figures("12:15", RoundName.CLOSING)) == 766


def test_inspectors_count_in_drawn_halls_and_the_one_that_differs_is_settled() -> None:
    (draw,) = [deed for deed in DAY.deeds if isinstance(deed.what, DrawLots)]
    assert isinstance(draw.what, DrawLots)
    drawn = lot(DAY.seeds[0], sorted(EXPECTED), {}, draw.what.count)
    checks = {deed.point: deed for deed in DAY.deeds if isinstance(deed.what, SpotCheck)}
    assert 3 <= len(checks) <= len(drawn)
    assert checks.keys() <= set(drawn)
    assert all(deed.at_ms > draw.at_ms and deed.hand is Hand.INSPECTOR for deed in checks.values())
    own = figures("10:45", RoundName.MIDDLE)
    counted = {code: deed.what.present for code, deed in checks.items() if isinstance(deed.what, SpotCheck)}
    (odd,) = [code for code in counted if counted[code] != own[code].present]
    (settled,) = [deed for deed in DAY.deeds if isinstance(deed.what, Settle)]
    assert isinstance(settled.what, Settle)
    assert (settled.point, settled.what.present) == (odd, counted[odd])
    assert settled.at_ms > checks[odd].at_ms
    photos = [deed.point for deed in DAY.deeds if isinstance(deed.what, Photograph)]
    assert photos == [TAN_LINH, LANG_HA, odd]


def test_nobody_says_anything_of_the_hall_after_it_has_ended() -> None:
    ended: set[str] = set()
    for deed in DAY.deeds:
        assert deed.point not in ended or isinstance(deed.what, AgentLeaves | Correct | Approve | Submit)
        if isinstance(deed.what, StageTap) and deed.what.stage is Stage.ENDED:
            ended.add(deed.point)
    assert len(ended) == 766


def test_the_same_seed_tells_the_same_day() -> None:
    assert told(grown("hanoi-2023")) == DAY


def test_a_day_without_faults_has_the_same_figures_and_no_line_that_breaks() -> None:
    calm = told(grown("hanoi-2023"), faults=False)
    for name in RoundName:
        assert figures("15:40", name, calm) == figures("15:40", name)
    assert not any(
        isinstance(deed.what, AgentVanishes | LineDrops | CentreDrops | TellFault | SwitchMode) for deed in calm.deeds
    )


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 10_000))
def test_another_seed_tells_another_day_with_the_same_figures(seed: int) -> None:
    day = told(grown("hanoi-2023"), seed)
    assert sums(figures("15:40", RoundName.CLOSING, day)) == (52_614, 2_311, 275)
    assert sums(figures("08:00", RoundName.OPENING, day))[0] == 51_488
    assert sums(figures("07:30", RoundName.OPENING, day))[0] == 24_880


@pytest.mark.parametrize(
    ("registry", "points"),
    [("hanoi-2023", 1), ("hanoi-2023", 40), ("hanoi-2023", 1000), ("hanoi-2025", None), ("vietnam-2023", 300)],
)
def test_any_other_day_adds_up_too(registry: str, points: int | None) -> None:
    day = told(grown(registry, points))
    expected = {point.code: point.expected[SITTING] for point in day.plan.points}
    assert not day.published
    for name in RoundName:
        standing = figures("15:40", name, day)
        assert {code: count.answered for code, count in standing.items()} == expected


@given(st.data())
def test_shares_add_up_and_stay_below_their_caps(data: st.DataObject) -> None:
    caps = data.draw(st.lists(st.integers(0, 50), min_size=1, max_size=30))
    weights = data.draw(st.lists(st.floats(0, 100), min_size=len(caps), max_size=len(caps)))
    total = data.draw(st.integers(0, sum(caps)))
    shares = apportioned(total, weights, caps)
    assert sum(shares) == total
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))
