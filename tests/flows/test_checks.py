"""Second sources, draws and lists over real HTTP: who may say what, who sees it, and that no hall's figure moves."""

import random
from typing import Any

from bridge.simulator.acts import uuid7
from endpoints_registry.access import Role
from tests.flows.house import HALL, HALLS, MORNING_MS, OTHER_HALL, PATH, SITTING, Browser, Own, count

CHECKS = f"{PATH}/checks"
JUDGEMENT = f"{PATH}/judgement"
_chance = random.Random(3)


def counted(code: str, present: int, **said: Any) -> dict[str, Any]:
    id = uuid7(MORNING_MS, _chance)
    return {"id": id, "point": code, "sitting": SITTING, "round": "opening", "present": present, **said}


async def inspector(ours: Own, scope: str | None = "001") -> Browser:
    return await ours.there.signed_in(ours.house.registry, "kim", Role.INSPECTOR, scope)


async def test_an_inspector_draws_counts_and_is_told_that_it_arrived(ours: Own) -> None:
    kim = await inspector(ours)
    drawn = await kim.post(f"{CHECKS}/draws", {"sitting": SITTING, "count": 3})
    assert drawn.status == 201, drawn.body
    assert len(set(drawn.body["points"])) == 3
    assert all(code.startswith(("001-", "0000")) for code in drawn.body["points"])
    assert (drawn.body["again"], drawn.body["among"]) == (True, 6)
    told = (await kim.get(CHECKS)).body
    assert [each["point"] for each in told["drawn"]] == drawn.body["points"]
    assert told["drawn"][0]["expected"] == 64
    first = drawn.body["points"][0]
    said = counted(first, 51, excused=4, unexcused=0, note="đếm hai lần")
    receipts = [(await kim.post(CHECKS, said)) for _ in range(3)]
    assert [each.body["duplicate"] for each in receipts] == [False, True, True]
    assert {each.body["at"] for each in receipts} == {receipts[0].body["at"]}
    told = (await kim.get(CHECKS)).body
    assert told["counts"] == {"given": 1, "differences": 1, "waiting": 1, "drawn": 3, "checked": 1}
    (check,) = told["drawn"][0]["checks"]
    assert (check["present"], check["by_name"], check["note"]) == (51, "Kim", "đếm hai lần")
    kept = [each["event"] for each in await ours.there.ann.events() if each["event"]["event"] == "spot-check-drawn"]
    assert [(each["seed"], each["points"]) for each in kept] == [(drawn.body["seed"], drawn.body["points"])]


async def test_a_difference_shows_both_figures_until_a_coordinator_says_which_stands(ours: Own) -> None:
    kim, there = await inspector(ours), ours.there
    await there.phone(HALL).send(count(HALL, 60))
    assert (await kim.post(CHECKS, counted(HALL, 52))).body["differs"] is True
    (difference,) = (await there.binh.get(CHECKS)).body["differences"]
    assert (difference["own"]["present"], difference["second"]["present"]) == (60, 52)
    assert (difference["second"]["by_name"], difference["awaits"]) == ("Kim", True)
    asked = {key: difference[key] for key in ("point", "sitting", "round")} | {
        "source": "inspector",
        "stands": "own",
        "seen": {"present": 52},
        "reason": "đếm lúc giải lao",
    }
    assert (await kim.post(f"{CHECKS}/settlements", asked)).status == 403
    stale = await there.binh.post(f"{CHECKS}/settlements", asked | {"seen": {"present": 51}})
    assert (stale.status, stale.code) == (409, "version")
    settled = await there.binh.post(f"{CHECKS}/settlements", asked)
    assert settled.status == 200, settled.body
    assert settled.body["settled"]["reason"] == "đếm lúc giải lao"
    assert settled.body["awaits"] is False
    assert (await there.ann.board())[HALL]["present"] == 60


async def test_a_correction_ends_a_difference(ours: Own) -> None:
    there = ours.there
    await there.phone(HALL).send(count(HALL, 60))
    await there.binh.post(CHECKS, counted(HALL, 52, source="chair"))
    (difference,) = (await there.binh.get(CHECKS)).body["differences"]
    figures = {"present": 52, "excused": 0, "unexcused": 0}
    correct = count(HALL, 0) | figures | {"kind": "correct", "act": difference["own"]["act"], "reason": "đếm lại"}
    for gone in ("sitting", "round"):
        correct.pop(gone)
    assert (await there.binh.send(correct)).outcomes[0]["outcome"] == "accepted"
    assert (await there.binh.get(CHECKS)).body["differences"] == []


async def test_nobody_checks_or_sees_beyond_their_district(ours: Own) -> None:
    kim, there = await inspector(ours), ours.there
    foreign, missing = [await kim.post(CHECKS, counted(code, 50)) for code in (OTHER_HALL, "99999-01")]
    assert (foreign.status, foreign.body) == (missing.status, missing.body)
    assert foreign.status == 404
    assert (await kim.get(f"{CHECKS}?unit=006")).status == 404
    assert (await kim.post(f"{CHECKS}/draws", {"sitting": SITTING, "unit": "006", "count": 1})).status == 404
    everywhere = await there.ann.post(f"{CHECKS}/draws", {"sitting": SITTING, "count": len(HALLS)})
    assert set(everywhere.body["points"]) == set(HALLS)
    told = (await kim.get(CHECKS)).body
    assert {each["point"] for each in told["drawn"]} == {code for code in HALLS if code.startswith(("001-", "0000"))}
    # How many there are elsewhere is not theirs to know.
    assert (await kim.get(f"{CHECKS}/draws")).body["draws"] == []
    await there.ann.post(CHECKS, counted(HALL, 50, source="photo", note="nhờ chị Hoa đếm"))
    (given,) = (await kim.get(CHECKS)).body["given"]
    assert (given["second"]["by_name"], given["second"]["note"]) == ("", "")
    assert (await kim.post(CHECKS, counted(HALL, 50, source="chair"))).status == 403
    assert (await there.phone(HALL).get(CHECKS)).status == 403


async def test_impossible_figures_are_refused_by_name(ours: Own) -> None:
    for wrong in ({"present": -1}, {"present": "nhiều"}, {"present": 5, "extra": 1}, {"note": "a\nb"}):
        answer = await ours.there.ann.post(CHECKS, counted(HALL, 50) | wrong)
        assert answer.status == 422
    answer = await ours.there.ann.post(CHECKS, counted(HALL, 50) | {"sitting": "2030-01-01-am"})
    assert (answer.status, answer.code) == (409, "unknown_round")


async def test_the_lists_are_there_with_their_rules_and_are_changed_with_a_reason(ours: Own) -> None:
    there = ours.there
    await there.phone(HALL).send(count(HALL, 60, 4))
    await ours.pass_time(20 * 60)
    told = (await there.ann.get(JUDGEMENT)).body
    assert [row["point"] for row in told["praise"]["rows"]] == [HALL]
    assert told["praise"]["rows"][0]["evidence"][1] == "Đúng hạn cả 1 đợt báo cáo."
    assert told["praise"]["rules"][1] == "báo cáo đúng hạn ở mọi đợt"
    assert told["criticism"]["count"] == len(HALLS) - 1
    change = {"point": OTHER_HALL, "list": "criticism", "add": False, "reason": "mất điện cả phường"}
    assert (await there.binh.post(f"{JUDGEMENT}/changes", change)).status == 403
    assert (await there.ann.post(f"{JUDGEMENT}/changes", change | {"reason": "  "})).status == 422
    changed = (await there.ann.post(f"{JUDGEMENT}/changes", change)).body["criticism"]
    assert changed["count"] == len(HALLS) - 2
    (removed,) = changed["removed"]
    assert (removed["point"], removed["edited"]["by_name"]) == (OTHER_HALL, "Ann")
    assert removed["edited"]["reason"] == "mất điện cả phường"
    theirs = (await there.binh.get(JUDGEMENT)).body["criticism"]
    assert {row["point"] for row in theirs["rows"]} <= {code for code in HALLS if code.startswith(("001-", "0000"))}
    # What is thought of other halls is not for a hall, nor why.
    own = (await there.phone(OTHER_HALL).get(JUDGEMENT)).body
    assert [row["point"] for row in own["criticism"]["removed"]] == [OTHER_HALL]
    assert own["criticism"]["removed"][0]["edited"]["reason"] == ""
