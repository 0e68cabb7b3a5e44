"""Stories of a point's stages and of the conference's phases."""

import pytest

from bridge.rules.deciding import change_phase
from bridge.rules.model import Count, Phase, RoundName, Stage, Word
from bridge.rules.refused import Refused
from bridge.rules.stages import NEXT_PHASE, NEXT_STAGE
from tests.cast import (
    CLOSING,
    HALL_1,
    at,
    begun,
    count,
    done,
    fault,
    perceived,
    stage,
)


def test_a_hall_goes_through_its_stages_and_may_skip_some() -> None:
    state = begun()
    for reached in (Stage.ON_SITE, Stage.CHAIR_PRESENT, Stage.IN_SESSION, Stage.ENDED):
        assert done(state, stage(HALL_1, reached)).accepted
    assert state.points[HALL_1.code].stage is Stage.ENDED


def test_the_time_of_a_stage_is_when_it_was_said() -> None:
    state = begun()
    done(state, stage(HALL_1, Stage.ON_SITE), at_ms=at("06:58"))
    assert state.points[HALL_1.code].stage_ms == at("06:58")


def test_a_wrong_tap_is_taken_back() -> None:
    state = begun()
    done(state, stage(HALL_1, Stage.IN_SESSION))
    assert done(state, stage(HALL_1, Stage.LINE_TESTED)).accepted


@pytest.mark.parametrize("before", [Stage.NOT_OPENED, Stage.LINE_TESTED, Stage.CHAIR_PRESENT])
def test_an_ended_hall_does_not_slip_back_unnoticed(before: Stage) -> None:
    state = begun()
    done(state, stage(HALL_1, Stage.ENDED))
    refused = done(state, stage(HALL_1, before))
    assert (refused.accepted, refused.code) == (False, "ended")
    assert "mở lại" in refused.message
    assert state.points[HALL_1.code].stage is Stage.ENDED


@pytest.mark.parametrize("again", [Stage.ON_SITE, Stage.IN_SESSION])
def test_an_ended_hall_is_reopened_on_purpose(again: Stage) -> None:
    state = begun()
    done(state, stage(HALL_1, Stage.ENDED))
    assert done(state, stage(HALL_1, again)).accepted
    assert done(state, perceived(HALL_1)).accepted


def test_an_ended_hall_no_longer_says_what_it_sees() -> None:
    state = begun()
    done(state, stage(HALL_1, Stage.ENDED))
    refused = done(state, perceived(HALL_1, Word.NONE))
    assert (refused.accepted, refused.code) == (False, "ended")
    assert HALL_1.name in refused.message


def test_an_ended_hall_still_sends_its_closing_count() -> None:
    state = begun()
    done(state, stage(HALL_1, Stage.ENDED), at_ms=at("11:30"))
    said = done(state, count(HALL_1, 60, 3, 1, round=RoundName.CLOSING), at_ms=at("11:45"))
    assert (said.accepted, said.code) == (True, "")
    assert state.points[HALL_1.code].figures[CLOSING].count == Count(60, 3, 1)


def test_an_ended_hall_may_still_report_a_fault() -> None:
    state = begun()
    done(state, stage(HALL_1, Stage.ENDED))
    assert done(state, fault(HALL_1)).accepted


def test_every_stage_and_every_phase_has_its_line_in_the_tables() -> None:
    assert set(NEXT_STAGE) == set(Stage)
    assert set(NEXT_PHASE) == set(Phase)
    assert all(stage in reachable for stage, reachable in NEXT_STAGE.items())
    assert all(phase not in reachable for phase, reachable in NEXT_PHASE.items())


def test_every_phase_can_be_reached_from_the_draft() -> None:
    reached = {Phase.DRAFT}
    while True:
        further = reached.union(*(NEXT_PHASE[phase] for phase in reached))
        if further == reached:
            break
        reached = further
    assert reached == set(Phase)


def test_a_draft_takes_no_reports_yet() -> None:
    state = begun(phase=Phase.DRAFT)
    refused = done(state, count(HALL_1, 60))
    assert (refused.accepted, refused.code) == (False, "not_open")


@pytest.mark.parametrize("phase", [Phase.REHEARSAL, Phase.OPEN, Phase.LIVE, Phase.CLOSING])
def test_halls_report_from_the_rehearsal_until_the_closing(phase: Phase) -> None:
    assert done(begun(phase=phase), stage(HALL_1, Stage.ON_SITE)).accepted


def test_a_phase_is_changed_by_whoever_saw_the_last_one() -> None:
    state = begun()
    event = change_phase(state, Phase.CLOSING, 1)
    assert (event.phase, event.version) == (Phase.CLOSING, 2)


@pytest.mark.parametrize("version", [0, 2, 7])
def test_a_phase_that_somebody_else_has_changed_is_refused(version: int) -> None:
    with pytest.raises(Refused, match=r"live.*phiên bản 1") as refused:
        change_phase(begun(), Phase.CLOSING, version)
    assert refused.value.code == "version"


def test_a_phase_that_does_not_follow_is_refused_with_what_may_come() -> None:
    with pytest.raises(Refused, match="bước tiếp: closing") as refused:
        change_phase(begun(), Phase.OPEN, 1)
    assert refused.value.code == "phase"


def test_a_closed_conference_goes_nowhere() -> None:
    with pytest.raises(Refused, match="không còn bước nào"):
        change_phase(begun(phase=Phase.CLOSED), Phase.LIVE, 1)


def test_a_stranger_is_refused_and_the_hall_is_named() -> None:
    refused = done(begun(), stage("99999-01", Stage.ON_SITE))
    assert (refused.accepted, refused.code) == (False, "unknown_point")
    assert "99999-01" in refused.message
