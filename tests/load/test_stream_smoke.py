"""The benchmark of the broadcast runs, and sees a stall and a return; how soon is not a test's business."""

from tests.load.test_load_smoke import figures


def test_a_stall_and_a_return_reach_the_board() -> None:
    measured = figures("stream")
    assert len(measured["stall_to_board_s"]) == len(measured["return_to_board_s"]) == 1
