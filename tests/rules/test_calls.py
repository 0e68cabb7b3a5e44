"""Stories of the call sheet: who stands on it, in which order, and who phones whom."""

from collections.abc import Callable, Iterable

import msgspec
import pytest

from bridge.rules import calls, claiming, events, urgency
from bridge.rules.calls import CLAIM_MS, Claim
from bridge.rules.incidents import Hit, Incident, Incidents
from bridge.rules.model import (
    Link,
    Mode,
    Phase,
    PlannedPoint,
    Point,
    PointType,
    Round,
    RoundName,
    Sitting,
    Stage,
    Stream,
    Word,
)
from bridge.rules.projection import State
from bridge.rules.refused import Refused
from bridge.rules.trouble import Bond, CallOutcome, Shared, Trouble
from tests.cast import (
    ANN,
    BINH,
    CITY_HALL,
    DISTRICT_HALL,
    EXTRA_HALL,
    HALL_1,
    HALL_2,
    HALLS,
    MINUTE,
    MORNING_SITTING,
    NOON,
    OPENING,
    TV_HALL,
    at,
    begun,
    count,
    done,
    happened,
    many,
    mode,
    perceived,
    phone,
    plan,
    planned,
    stage,
    submit,
)

QUIET_HOUR = at("07:20")
"""Halls may report, and nobody is phoned for anything yet."""


def sheet(state: State, clock: str, points: Iterable[Point] | None = None) -> list[urgency.Row]:
    return urgency.sheet(state, state.points.values() if points is None else points, at(clock)).rows


def codes(rows: Iterable[urgency.Row]) -> list[str]:
    return [row.point.code for row in rows]


def why(state: State, hall: PlannedPoint, clock: str) -> list[str]:
    row = next((row for row in sheet(state, clock) if row.point.code == hall.code), None)
    return [str(reason) for reason in row.reasons] if row else []


def settled(halls: Iterable[PlannedPoint] = HALLS) -> State:
    """Everybody is in session, has reported the opening, and is on the line."""
    state = begun(halls)
    for hall in halls:
        done(state, stage(hall, Stage.IN_SESSION), at("07:30"))
        done(state, count(hall, 60), at("07:40"))
        if hall.mode is not Mode.TV:
            moved(state, hall, Link.STEADY, at("07:30"))
    return state


def moved(state: State, hall: PlannedPoint, link: Link, at_ms: int) -> None:
    state.adopt(happened(events.LinkMoved(point=hall.code, link=link, noticed_ms=at_ms), at_ms))


def streams(state: State, hall: PlannedPoint, stream: Stream, at_ms: int) -> None:
    state.adopt(happened(events.StreamMoved(point=hall.code, stream=stream, noticed_ms=at_ms), at_ms))


def suffering(state: State, incident: Incident) -> None:
    of: dict[str, tuple[int, ...]] = dict.fromkeys(incident.hits, (incident.number,))
    state.affairs = msgspec.structs.replace(state.affairs, incidents=Incidents({incident.number: incident}, of))


def hit_by(trouble: Trouble, *halls: PlannedPoint, owner: str = "") -> Incident:
    began_ms = at("08:20")
    hits = {hall.code: Hit(hall.code, began_ms, began_ms) for hall in halls}
    return Incident(3, trouble, Shared(Bond.ALONE), hits, began_ms, began_ms, owner=owner)


# --- who stands on the sheet


def test_a_quiet_hour_has_an_empty_sheet() -> None:
    assert sheet(begun(), "07:20") == []
    assert sheet(settled(), "08:20") == []


def test_a_hall_that_is_dark_stands_on_the_sheet_until_it_is_back() -> None:
    state = settled()
    moved(state, HALL_1, Link.LOST, at("08:20"))
    (row,) = sheet(state, "08:29:30")
    assert (row.point.code, [str(each) for each in row.reasons]) == (HALL_1.code, ["dark"])
    assert (row.since_ms, row.minutes, row.expected) == (at("08:20"), 9, 64)
    moved(state, HALL_1, Link.STEADY, at("08:30"))
    assert sheet(state, "08:31") == []


@pytest.mark.parametrize("link", [Link.UNKNOWN, Link.NEVER_SEEN, Link.UNSTABLE, Link.NOT_MEASURED])
def test_what_is_ours_or_not_measured_is_not_dark(link: Link) -> None:
    state = settled()
    moved(state, HALL_1, link, at("08:20"))
    assert sheet(state, "08:30") == []


def test_a_hall_that_has_moved_to_television_is_not_dark_any_more() -> None:
    state = settled()
    moved(state, HALL_1, Link.LOST, at("08:20"))
    done(state, mode(HALL_1, Mode.TV), at("08:52"), by=ANN)
    assert sheet(state, "08:53") == []


def test_nobody_is_phoned_for_a_line_between_sittings_or_after_the_end() -> None:
    state = settled()
    moved(state, HALL_1, Link.LOST, at("11:29"))
    assert why(state, HALL_1, "11:29:50") == ["dark", "silent:middle"]
    assert why(state, HALL_1, "11:31") == ["silent:middle"]
    done(state, stage(HALL_2, Stage.ENDED), at("11:00"))
    moved(state, HALL_2, Link.LOST, at("11:10"))
    assert why(state, HALL_2, "11:20") == ["silent:middle"]


@pytest.mark.parametrize(
    ("clock", "silent"),
    [("07:59", []), ("08:00", ["silent:opening"]), ("08:40", ["silent:opening"]), ("09:29", ["silent:opening"])],
)
def test_a_hall_is_phoned_for_its_figure_from_a_quarter_of_an_hour_before_it_is_due(
    clock: str, silent: list[str]
) -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.IN_SESSION), at("07:10"))
    assert why(state, HALL_1, clock) == silent


def test_what_is_overdue_weighs_more_than_what_is_due_soon() -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.IN_SESSION), at("07:10"))
    (before,), (after,) = sheet(state, "08:14:59"), sheet(state, "08:15")
    assert after.urgency - before.urgency == 21
    assert (before.minutes, after.minutes) == (14, 15)


def test_the_row_goes_with_the_report_and_comes_back_with_the_next_round() -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.IN_SESSION), at("07:10"))
    done(state, count(HALL_1, 60), at("08:20"))
    assert sheet(state, "09:29") == []
    assert why(state, HALL_1, "09:30") == ["silent:middle"]


def test_a_hall_that_answers_the_next_round_is_not_phoned_for_the_last_one() -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.IN_SESSION), at("07:10"))
    assert why(state, HALL_1, "09:20") == ["silent:opening"]
    done(state, count(HALL_1, 60, round=RoundName.MIDDLE), at("09:21"))
    assert why(state, HALL_1, "09:22") == []


def test_a_hall_that_listens_to_the_radio_or_television_owes_its_figure_too() -> None:
    state = begun([TV_HALL])
    done(state, stage(TV_HALL, Stage.IN_SESSION), at("07:10"))
    assert why(state, TV_HALL, "08:20") == ["silent:opening"]


def test_a_hall_that_is_not_summoned_to_a_sitting_owes_it_nothing() -> None:
    rounds = (Round(RoundName.OPENING, at("13:00"), at("14:15")),)
    afternoon = Sitting("2026-03-07-pm", "Buổi chiều", at("14:00"), at("16:30"), rounds)
    both = msgspec.structs.replace(HALL_2, expected={**HALL_2.expected, afternoon.id: 40})
    state = State()
    day = plan([HALL_1, both, EXTRA_HALL], sittings=(MORNING_SITTING, afternoon))
    state.adopt(happened(events.ConferenceFrozen(plan=day), at("06:00"), ANN))
    state.adopt(happened(events.PhaseChanged(phase=Phase.LIVE, version=1), at("06:30"), ANN))
    for hall in (HALL_1, both, EXTRA_HALL):
        done(state, stage(hall, Stage.IN_SESSION), at("07:10"))
    # Of the extra hall nobody has said how many are summoned: that it reports is all the more needed.
    assert set(codes(sheet(state, "14:20"))) == {HALL_2.code, EXTRA_HALL.code}
    assert {row.point.code: row.expected for row in sheet(state, "14:20")} == {HALL_2.code: 40, EXTRA_HALL.code: 0}


def test_a_doubtful_figure_is_no_silence_but_a_reason_of_its_own() -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.IN_SESSION), at("07:10"))
    done(state, count(HALL_1, 640), at("08:05"))
    assert why(state, HALL_1, "08:20") == ["quarantined"]
    done(state, count(HALL_1, 60), at("08:25"))
    assert why(state, HALL_1, "08:26") == []


def test_a_hall_that_has_not_handed_its_figures_in_is_phoned_once_the_sitting_is_over() -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.ENDED), at("11:35"))
    assert why(state, HALL_1, "12:01") == ["silent:closing"]
    done(state, count(HALL_1, 60, round=RoundName.CLOSING), at("12:02"))
    assert why(state, HALL_1, "12:03") == ["not_submitted:2026-03-07-am"]
    done(state, submit(HALL_1), at("12:04"))
    assert why(state, HALL_1, "12:05") == []


def test_before_the_last_count_is_due_nobody_is_phoned_to_hand_it_in() -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.ENDED), at("11:35"))
    done(state, count(HALL_1, 60, round=RoundName.CLOSING), at("11:36"))
    assert why(state, HALL_1, "11:59") == []


def test_figures_that_differ_are_a_reason_until_somebody_settles_them() -> None:
    state = settled([HALL_1])
    point = state.points[HALL_1.code]
    other = msgspec.structs.replace(point.figures[OPENING], device="khác", received_ms=at("07:50"))
    state.points[HALL_1.code] = msgspec.structs.replace(point, differing={OPENING: other})
    (row,) = sheet(state, "08:20")
    assert ([str(each) for each in row.reasons], row.since_ms) == (["differing"], at("07:50"))
    # It takes two: of a figure that was there first, the one that stands has made the difference.
    first = msgspec.structs.replace(other, received_ms=at("07:20"))
    state.points[HALL_1.code] = msgspec.structs.replace(point, differing={OPENING: first})
    assert sheet(state, "08:20")[0].since_ms == at("07:40")


def test_a_hall_that_is_not_open_half_an_hour_before_the_sitting_is_phoned() -> None:
    state = begun([HALL_1])
    assert why(state, HALL_1, "07:29") == []
    assert why(state, HALL_1, "07:30") == ["not_opened"]
    done(state, stage(HALL_1, Stage.ON_SITE), at("07:31"))
    assert why(state, HALL_1, "07:32") == []


@pytest.mark.parametrize(
    ("stream", "reasons"),
    [
        (Stream.STALLED, ["not_receiving"]),
        (Stream.GONE, ["not_receiving"]),
        (Stream.BEHIND, []),
        (Stream.FRESH, []),
        (Stream.NOT_FOLLOWED, []),
    ],
)
def test_a_hall_to_which_the_broadcast_does_not_come_is_phoned(stream: Stream, reasons: list[str]) -> None:
    state = settled()
    streams(state, HALL_1, stream, at("08:20"))
    assert why(state, HALL_1, "08:21") == reasons


def test_what_the_hall_itself_says_is_a_reason_while_it_is_of_this_sitting() -> None:
    state = settled()
    done(state, perceived(HALL_1, picture=Word.NONE, sound=Word.NONE), at("08:10"))
    assert why(state, HALL_1, "08:11") == ["no_sound", "no_picture"]
    done(state, perceived(HALL_1), at("08:12"))
    assert why(state, HALL_1, "08:13") == []
    done(state, perceived(HALL_2, sound=Word.NONE), at("06:40"))
    assert why(state, HALL_2, "08:13") == []


def test_an_incident_that_nobody_has_in_hand_is_a_reason() -> None:
    state = settled()
    suffering(state, hit_by(Trouble.NO_SOUND, HALL_1))
    assert why(state, HALL_1, "08:30") == ["incident:3"]
    suffering(state, hit_by(Trouble.NO_SOUND, HALL_1, owner="binh"))
    assert why(state, HALL_1, "08:30") == []


def test_for_an_incident_at_the_centre_no_hall_is_phoned() -> None:
    state = settled()
    suffering(state, hit_by(Trouble.CENTRE, HALL_1, HALL_2))
    assert sheet(state, "08:30") == []


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.CLOSED])
def test_before_the_list_is_frozen_and_after_the_close_nobody_is_phoned(phase: Phase) -> None:
    assert sheet(begun(phase=phase), "08:30") == []


# --- in which order


def dark(*halls: PlannedPoint) -> State:
    state = settled(halls)
    for hall in halls:
        moved(state, hall, Link.LOST, at("08:20"))
    return state


def test_what_a_hall_is_comes_before_how_many_sit_in_it() -> None:
    crowd = planned("00004-03", "Sân vận động", PointType.EXTRA_HALL, expected=390, seats=None)
    assert codes(sheet(dark(crowd, HALL_1, DISTRICT_HALL, CITY_HALL), "08:25")) == [
        CITY_HALL.code,
        DISTRICT_HALL.code,
        HALL_1.code,
        crowd.code,
    ]


def test_among_equals_the_many_come_first_and_then_those_who_have_waited() -> None:
    first, second = many(2)
    bigger = msgspec.structs.replace(second, expected={MORNING_SITTING.id: 300}, seats=400)
    assert codes(sheet(dark(first, bigger), "08:25")) == [bigger.code, first.code]
    state = settled((first, second))
    moved(state, second, Link.LOST, at("08:20"))
    moved(state, first, Link.LOST, at("08:23"))
    assert codes(sheet(state, "08:25")) == [second.code, first.code]


def test_a_dark_hall_comes_before_a_silent_one_and_both_together_before_either() -> None:
    one, two, three = many(3)
    state = begun((one, two, three))
    for hall in (one, two, three):
        done(state, stage(hall, Stage.IN_SESSION), at("07:30"))
        moved(state, hall, Link.LOST if hall is not one else Link.STEADY, at("08:10"))
    done(state, count(two, 60), at("08:11"))
    assert codes(sheet(state, "08:20")) == [three.code, two.code, one.code]


def test_a_hall_that_was_just_phoned_waits_behind_the_others_for_a_while() -> None:
    one, two = many(2)
    state = dark(one, two)
    ended = events.CallEnded(point=one.code, outcome=CallOutcome.BEING_MENDED)
    state.adopt(happened(ended, at("08:24"), ANN))
    assert codes(sheet(state, "08:25")) == [two.code, one.code]
    assert codes(sheet(state, "08:39")) == [one.code, two.code]


def test_the_sheet_is_bounded_and_says_how_many_there_are() -> None:
    halls = tuple(planned(f"00001-{place:03}", f"Hội trường số {place}") for place in range(310))
    state = begun(halls)
    found = urgency.sheet(state, state.points.values(), at("08:20"))
    assert (len(found.rows), found.count) == (300, 310)


# --- who phones


def taken(state: calls.Calls, decided: Iterable[tuple[events.AnyEvent, int]], by: str) -> calls.Calls:
    for event, at_ms in decided:
        state = calls.after(state, happened(event, at_ms, by))
    return state


NOBODY = calls.Calls()
MINE = taken(NOBODY, claiming.claim(NOBODY, HALL_1.code, "ann", NOON), ANN)


def test_a_claimed_hall_is_ones_own_for_ten_minutes() -> None:
    assert MINE.claimed(HALL_1.code, NOON) == Claim("ann", NOON, NOON + CLAIM_MS)
    assert MINE.claimed(HALL_1.code, NOON + CLAIM_MS - 1) is not None
    assert MINE.claimed(HALL_1.code, NOON + CLAIM_MS) is None


@pytest.mark.parametrize(
    "deed",
    [
        lambda: claiming.claim(MINE, HALL_1.code, "binh", NOON + MINUTE),
        lambda: claiming.let_go(MINE, HALL_1.code, "binh", NOON + MINUTE),
        lambda: claiming.end(MINE, HALL_1.code, "binh", NOON + MINUTE, CallOutcome.ANSWERED),
    ],
)
def test_what_somebody_else_has_is_refused_with_who_and_until_when(deed: Callable[[], object]) -> None:
    with pytest.raises(Refused, match=r"ann đang gọi .* \(giữ đến 12:10\)") as refused:
        deed()
    assert refused.value.code == "claimed"


def test_a_lapsed_claim_holds_nobody_up() -> None:
    later = NOON + CLAIM_MS
    theirs = taken(MINE, claiming.claim(MINE, HALL_1.code, "binh", later), BINH)
    assert theirs.claimed(HALL_1.code, later) == Claim("binh", later, later + CLAIM_MS)


def test_who_needs_longer_claims_again_and_keeps_the_beginning() -> None:
    later = NOON + 9 * MINUTE
    longer = taken(MINE, claiming.claim(MINE, HALL_1.code, "ann", later), ANN)
    assert longer.claimed(HALL_1.code, later) == Claim("ann", NOON, later + CLAIM_MS)


def test_a_double_tap_is_one_claim() -> None:
    assert claiming.claim(MINE, HALL_1.code, "ann", NOON + 2_000) == ()


def test_a_hall_that_is_let_go_may_be_taken_by_anybody() -> None:
    free = taken(MINE, claiming.let_go(MINE, HALL_1.code, "ann", NOON + MINUTE), ANN)
    assert free.claims == {}
    assert claiming.let_go(free, HALL_1.code, "ann", NOON + MINUTE) == ()
    assert len(claiming.claim(free, HALL_1.code, "binh", NOON + MINUTE)) == 1


def test_the_outcome_ends_the_claim_and_is_kept_with_the_number_of_tries() -> None:
    ended = MINE
    for minute, outcome in ((1, CallOutcome.NO_ANSWER), (2, CallOutcome.WILL_REPORT)):
        now_ms = NOON + minute * MINUTE
        ended = taken(ended, claiming.end(ended, HALL_1.code, "ann", now_ms, outcome, "gọi lại sau"), ANN)
    assert ended.claims == {}
    last = ended.last[HALL_1.code]
    assert (last.by, last.outcome, last.note) == ("ann", CallOutcome.WILL_REPORT, "gọi lại sau")
    assert ended.tries == {HALL_1.code: 2}


def test_a_call_may_be_answered_for_without_a_claim() -> None:
    assert len(claiming.end(NOBODY, HALL_1.code, "ann", NOON, CallOutcome.ANSWERED)) == 1


def test_claims_that_have_lapsed_do_not_pile_up() -> None:
    held = NOBODY
    for number, hall in enumerate(HALLS):
        now_ms = NOON + number * CLAIM_MS
        held = taken(held, claiming.claim(held, hall.code, "ann", now_ms), ANN)
    assert list(held.claims) == [HALLS[-1].code]


def test_a_report_does_not_take_the_row_from_whoever_is_phoning() -> None:
    state = begun([HALL_1])
    done(state, stage(HALL_1, Stage.ON_SITE), QUIET_HOUR)
    (event, at_ms) = claiming.claim(state.affairs.calls, HALL_1.code, "ann", at("08:05"))[0]
    state.adopt(happened(event, at_ms, ANN))
    done(state, count(HALL_1, 60), at("08:06"), by=phone(HALL_1))
    assert sheet(state, "08:07") == []
    assert state.affairs.calls.claimed(HALL_1.code, at("08:07")) is not None
