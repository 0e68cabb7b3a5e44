"""The benchmarks run, and nothing is lost on the way; how fast it goes is not a test's business."""

import subprocess
import sys
from typing import Any

import msgspec
import pytest


def figures(benchmark: str) -> dict[str, Any]:
    """What a short run prints for programs."""
    ran = subprocess.run(
        [sys.executable, "-m", f"tests.load.{benchmark}", "--quick", "--json"],
        capture_output=True,
        check=False,
        timeout=280,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    result: dict[str, Any] = msgspec.json.decode(ran.stdout)
    return result


@pytest.mark.parametrize("pace", ["busy", "calm"])
def test_every_change_reaches_every_board(board: dict[str, Any], pace: str) -> None:
    for server in ("ours", "bare_forwarder"):
        measured = board[pace][server]
        assert (measured["missing"], measured["gaps"]) == (0, 0)
        assert 0 < measured["p50_ms"] <= measured["p99_ms"]
        assert measured["cpu_ms_per_1000"] > 0
    assert board["refused"] == []
    assert board["hung_up"] == {"ours": [], "bare_forwarder": []}


def test_every_acknowledged_act_is_in_the_file() -> None:
    acts = figures("acts")
    for server in ("ours", "bare_group", "bare_sqlmodel"):
        measured = acts["this_disk"][server]
        assert measured["lost"] == 0
        assert measured["other_answers"] == []
        assert measured["acked"] > 0
        assert measured["acts_per_s"] > 0


@pytest.fixture(scope="module")
def board() -> dict[str, Any]:
    return figures("board")
