"""The board warns, offers and hides by the server's own tables: who may do what, which phase comes next, what is plausible."""

import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bridge.rules.attendance import grade, people
from bridge.rules.model import Count, Mode, Phase, PlannedPoint, PointType, RoundName, Stage, opened
from bridge.rules.stages import HALLS_MAY_ACT, NEXT_PHASE, NEXT_STAGE
from endpoints_registry.access import ALLOWED, Action, Role

ROOT = Path(__file__).parents[2]
BOARD = ROOT / "dashboards" / "static" / "board"
NUMBERS = (0, 1, 31, 32, 63, 64, 65, 81, 128, 129, 640)
CASES = [
    (Count(present=present, excused=excused, unexcused=1, guests=guests), expected, seats, before)
    for present, excused, guests, expected, seats, before in itertools.product(
        NUMBERS, (0, 4), (0, 66), (None, 0, 64), (None, 0, 80, 200), (None, 64)
    )
]
SCRIPT = """
const { text } = await import('node:stream/consumers');
const cases = await text(process.stdin);
const { judge, ledger } = await import('./plausible.js');
const { ALLOWED } = await import('./rights.js');
const { HALLS_ACT, NEXT } = await import('./phases.js');
const judged = JSON.parse(cases).map(([said, expected, seats, before]) =>
  [judge(said, { expected, seats, before }).grade, ledger(expected, said)]);
process.stdout.write(JSON.stringify({ judged, ALLOWED, NEXT, HALLS_ACT }));
"""


@pytest.fixture(scope="module")
def board() -> dict[str, Any]:
    """What the board's modules say, asked in their own language."""
    cases = json.dumps([[msgspec.to_builtins(count), *known] for count, *known in CASES])
    asked = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT],
        input=cases,
        cwd=BOARD,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(asked.stdout)
    return found


def test_a_count_is_judged_alike(board: dict[str, Any]) -> None:
    key = ("2026-03-07-am", RoundName.MIDDLE)
    for (count, expected, seats, before), (verdict, counted) in zip(CASES, board["judged"], strict=True):
        planned = PlannedPoint(
            code="00004-01",
            name="Nhà văn hóa",
            unit="00004",
            type=PointType.COMMUNE,
            mode=Mode.STREAM,
            seats=seats,
            expected={} if expected is None else {key[0]: expected},
        )
        earlier = None if before is None else Count(present=before, excused=0, unexcused=0)
        case = (count, expected, seats, before)
        assert verdict == grade(opened(planned), key, count, earlier)[0].value, case
        assert counted == msgspec.to_builtins(people(expected or 0, count)), case


def test_the_same_roles_may(board: dict[str, Any]) -> None:
    for right, roles in board["ALLOWED"].items():
        assert {Role(role) for role in roles} == ALLOWED[Action(right)], right


def test_the_same_phases_follow(board: dict[str, Any]) -> None:
    assert {Phase(phase): {Phase(each) for each in after} for phase, after in board["NEXT"].items()} == NEXT_PHASE
    assert {Phase(phase) for phase in board["HALLS_ACT"]} == HALLS_MAY_ACT


def test_a_hall_that_has_ended_is_reopened_in_the_ways_the_board_offers() -> None:
    offered = (BOARD / "change.js").read_text(encoding="utf-8")
    assert "const AFTER_THE_END = ['on_site', 'in_session'];" in offered
    assert NEXT_STAGE[Stage.ENDED] == {Stage.ENDED, Stage.ON_SITE, Stage.IN_SESSION}
