"""`bridge report`: the figures of the moment into a file, with a server and without; what is signed, as it was kept."""

import asyncio
from pathlib import Path

from tests.cli.terminal import bridge
from tests.flows.house import CONFERENCE, HALL, count, furnished, own
from tests.flows.test_closing import closed
from tests.flows.test_reports import done, fetched, sign


async def test_a_report_is_written_with_and_without_a_server_and_signed_once_for_both(desk: Path) -> None:
    folder = desk / "data"
    keys = await furnished(folder)
    (desk / "config.toml").write_text(f'[storage]\nfolder = "{folder}"\n')
    async with own(folder, keys) as ours:
        await ours.there.phone(HALL).send(count(HALL, 60, 4))
        told = await asyncio.to_thread(bridge, "report", CONFERENCE, "--format", "csv", "--out", "now.csv")
        assert told.status == 0, told.err
        assert (desk / "now.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        await closed(ours)
        path = f"/api/v1/conferences/{CONFERENCE}/reports"
        draft = await ours.there.ann.post(path, {"formats": ["csv"]})
        await done(ours.there.ann, draft.body["number"])
        assert (await sign(ours.there.ann, draft.body["number"])).status == 200
        signed = (await fetched(ours.there.ann, f"{path}/{draft.body['number']}/files/csv"))[1]
        beside = await asyncio.to_thread(bridge, "report", CONFERENCE, "--format", "csv", "--out", "beside.csv")
        assert beside.status == 0, beside.err
    alone = await asyncio.to_thread(
        bridge, "report", CONFERENCE, "--format", "csv", "--out", "alone.csv", "--version", "1"
    )
    assert alone.status == 0, alone.err
    assert (desk / "beside.csv").read_bytes() == (desk / "alone.csv").read_bytes() == signed

    for conference, more, why in (
        (CONFERENCE, ["--version", "7"], "chưa ký phiên bản 7"),
        ("khong-co", [], "đã chốt danh sách điểm cầu"),
    ):
        refused = await asyncio.to_thread(bridge, "report", conference, "--format", "csv", "--out", "x.csv", *more)
        assert (refused.status, why in refused.err) == (1, True), refused.err
        assert not (desk / "x.csv").exists()
