"""Praise, criticism, second sources and draws as tables: rules above, evidence beside each hall, both figures of a difference."""

from bridge.rules import checking
from bridge.rules.judging import Terms
from bridge.rules.projection import Draft
from bridge.rules.scene import Scene
from bridge.rules.witness import Roll, Seen, Source, Stands
from dashboards.reports import judgement
from dashboards.reports.tables import Table
from tests.cast import ANN, BINH, HALL_1, HALL_2, NOON, OPENING, SITTING, happened
from tests.rules.test_judging import told
from tests.rules.test_sources import live


def scene() -> Scene:
    made = Scene()
    made.state = live()
    made.sum_up()
    return made


def taken(at: Scene, decided: checking.Decided, by: str) -> None:
    for event, at_ms in decided:
        at.state.adopt(happened(event, at_ms, by))


def made(at: Scene) -> dict[str, Table]:
    names = {"ann": "Trần Thị An", "binh": "Lê Bình"}
    return {table.name: table for table in judgement.tables(at, Terms(), NOON + 1, names)}


def test_each_list_states_its_rules_and_each_hall_its_evidence() -> None:
    at = scene()
    told(at.state, HALL_1.code, 60, 60, 60, excused=4)
    told(at.state, HALL_2.code, 46, 46, 46, unexcused=4)
    taken(at, checking.judge(Draft(at.state), "00004-02", Roll.CRITICISM, False, "mất điện cả phường", NOON), ANN)
    taken(at, checking.judge(Draft(at.state), HALL_2.code, Roll.PRAISE, True, "giúp phường bên", NOON), ANN)
    tables = made(at)
    praise = tables["praise"]
    assert praise.column("code") == [HALL_1.code, HALL_2.code]
    assert praise.column("number") == [1, 2]
    assert "60 có mặt và 4 vắng có lý do" in str(praise.column("evidence")[0])
    assert praise.column("evidence")[1] == "Bổ sung theo ý kiến của Trần Thị An: giúp phường bên"
    assert "đúng hạn ở mọi đợt; và không có sự cố" in praise.note
    criticism = tables["criticism"]
    assert "Vắng không lý do 4 trong 50 người triệu tập, 8%." in criticism.column("evidence")
    assert "00004-02" not in criticism.column("code")
    assert criticism.note.endswith("Đã xem xét và đưa ra 1 điểm cầu, có ghi lý do.")


def test_a_difference_shows_both_figures_and_what_came_of_it() -> None:
    at = scene()
    told(at.state, HALL_1.code, 60)
    seen = Seen(52)
    taken(at, checking.draw(Draft(at.state), SITTING, "001", 4, "5eed", NOON), BINH)
    taken(at, checking.give(Draft(at.state), HALL_1.code, OPENING, Source.INSPECTOR, seen, NOON), BINH)
    (row,) = made(at)["second_sources"].rows
    assert (row[2], row[5], row[7], row[8]) == (60, 52, "Lê Bình", "Chưa làm rõ")
    settle = checking.settle(
        Draft(at.state), HALL_1.code, OPENING, Source.INSPECTOR, Stands.SECOND, "ảnh cho thấy", seen, NOON
    )
    taken(at, settle, ANN)
    assert made(at)["second_sources"].column("settled") == ["Số đếm đúng, chờ đính chính: ảnh cho thấy"]
    (draw,) = made(at)["spot_checks"].rows
    assert draw[3:] == (4, 4, 1, "5eed")
