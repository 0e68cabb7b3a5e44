"""Whole conferences are judged and compared, and the halls' loop has other things to do meanwhile."""

from tests.load.judging import PROMISED_MS
from tests.load.test_load_smoke import figures


def test_the_loop_thinks_of_no_list_itself() -> None:
    told = figures("judging")
    for door in ("judgement", "comparison"):
        assert told[door]["bytes"] > 1_000
        # Of its own work, not of others' on this machine.
        assert told[door]["own_ms"] < PROMISED_MS
