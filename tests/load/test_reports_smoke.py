"""A report of a country is written while boards are looked at, and no board misses anything."""

from tests.load.test_load_smoke import figures


def test_reports_are_written_and_no_board_misses_anything() -> None:
    told = figures("reports")
    assert (told["day"]["points"], told["country"]["points"]) == (766, 900)
    for part in (told["day"], told["country"]):
        assert set(part["bytes"]) == {"docx", "pdf", "xlsx", "csv", "json"}
        assert all(part["bytes"].values())
    assert told["boards"]["missing"] == 0
    assert told["boards"]["looks"] > 0
    # Ten times what is promised; of its own work, not of others' on this machine.
    assert told["day"]["together_own_s"] < 100
