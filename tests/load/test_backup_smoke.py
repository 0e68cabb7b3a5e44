"""The backup's benchmark runs, and the street goes on beside the copy."""

from tests.load.test_load_smoke import figures


def test_turns_go_on_beside_a_backup() -> None:
    result = figures("backup")
    assert result["backup_mb"] > 0
    assert result["beside"]["turns"] > 0
    # Ten times the promise: how fast it goes is not a test's business.
    assert result["beside"]["most_ms"] < 10 * result["stall_ms"]
