"""Everybody who was scanned is in, once; and a server that starts again on many scans becomes ready."""

from tests.load.test_load_smoke import figures


def test_everybody_scanned_is_in_exactly_once() -> None:
    scans = figures("scans")["this_disk"]
    people = scans["people"]
    told = {
        name: scans[name] for name in ("acked", "shown_as_scanned", "checked_in", "people_checked_in", "other_answers")
    }
    assert told == {
        "acked": people,
        "shown_as_scanned": people,
        "checked_in": people,
        "people_checked_in": people,
        "other_answers": [],
    }
    assert scans["refused"] == 0
    assert all(share > 0 for share in scans["share"].values())


def test_a_server_stands_again_on_what_was_recorded() -> None:
    recall = figures("recall")
    assert recall["rows"] > 0
    assert recall["alike"], "what was read back differs from what was lived"
    assert recall["ready_s"] > 0
    assert recall["resident_mb"] <= recall["most_mb"]
