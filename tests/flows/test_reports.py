"""The office makes a report, signs it, and signs another after a correction; what was signed stays byte for byte."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from sqlalchemy.exc import DBAPIError

from bridge.archive import Kind
from bridge.edges.commanding import come_again, commanded
from bridge.house.stores import addresses
from bridge.journal.checking import Broken
from bridge.keeping.checking import checked
from bridge.keeping.copying import copied
from bridge.keeping.restoring import restored
from dashboards.reports import drafts
from dashboards.reports.figures import Figures, decode, encode
from dashboards.reports.form import Form
from dashboards.reports.jobs import Documents, Format
from dashboards.reports.writing import Progress, Unwritten
from endpoints_registry.access import Role
from tests.flows.house import (
    CONFERENCE,
    HALL,
    HALLS,
    PATH,
    PATIENCE_S,
    Answer,
    Browser,
    Keys,
    Own,
    own,
    settings,
)
from tests.flows.test_closing import approved, asked, at_the_end, closed, closing_count, ended, late

REPORTS = f"{PATH}/reports"
MINUTE = 60


class Press:
    """Stands in for the process that writes: quick, the same bytes for the same figures, and slow or broken when told."""

    def __init__(self) -> None:
        self.broken: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()
        self.made = 0

    async def __call__(
        self,
        figures: Figures,
        form: Form,
        formats: Sequence[Format],
        template: bytes | None = None,
        progress: Progress | None = None,
    ) -> Documents:
        if progress is not None:
            progress(0.5)
        await self.go.wait()
        if self.broken is not None:
            raise self.broken
        self.made += 1
        said = msgspec.json.encode(form) + b"\n" + encode(figures) + b"\n" + (template or b"")
        return Documents({format: format.value.encode() + b"\n" + said for format in formats})


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    press = Press()
    monkeypatch.setattr("bridge.house.parts.written", press)
    return press


@pytest.fixture
async def ours(press: Press, folder: Path, keys: Keys) -> AsyncIterator[Own]:
    """The day is over: every hall has reported 60 people, and the conference is closed."""
    async with own(folder, keys) as standing:
        await at_the_end(standing)
        for code in HALLS:
            await ended(standing.there, code, standing.clock.now())
        # The closing round is due at noon.
        await standing.pass_time(30 * MINUTE)
        yield standing


async def listed(who: Browser) -> list[dict[str, Any]]:
    answer = await who.get(REPORTS)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["reports"]
    return found


async def done(who: Browser, number: int, status: str = "draft") -> dict[str, Any]:
    """The report once it is made."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            told = (await who.get(f"{REPORTS}/{number}")).body
            if told["status"] != "making":
                break
            # Whoever writes it steps back behind everybody who asks.
            await asyncio.sleep(0.02)
    assert told["status"] == status, told
    return told


async def drafted(who: Browser, **said: object) -> dict[str, Any]:
    answer = await who.post(REPORTS, said)
    assert answer.status == 202, answer.body
    return await done(who, answer.body["number"])


async def sign(who: Browser, number: int, version: int = 1, *, at_once: bool = True) -> Answer:
    return await who.post(f"{REPORTS}/{number}/sign", {"version": version, "at_once": at_once})


async def fetched(who: Browser, path: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.get(who.server + path, headers={**who.headers, **headers}) as response,
    ):
        return response.status, await response.read(), response.headers


async def test_two_versions_are_signed_and_the_first_stays_byte_for_byte(ours: Own) -> None:
    there = ours.there
    cuc = await there.signed_in(ours.house.registry, "cuc", Role.ORGANISER)
    await closed(ours)
    first = await drafted(there.ann, office={"number": "12", "signer": "Nguyễn Văn A"})
    assert (first["points"], first["present"], first["version"], first["stale"]) == (12, 720, 1, False)
    early = await sign(there.ann, first["number"], at_once=False)
    assert (early.status, early.code) == (409, "grace")
    signed = await sign(there.ann, first["number"])
    assert (signed.status, signed.body["status"], signed.body["signed_by"]) == (200, "signed", "Ann")
    one = f"{REPORTS}/{first['number']}"
    status, docx, headers = await fetched(there.ann, f"{one}/files/docx")
    (told,) = [each for each in first["files"] if each["format"] == "docx"]
    assert (status, hashlib.sha256(docx).hexdigest()) == (200, told["sha256"])
    assert headers["ETag"] == f'"{told["sha256"]}"'
    assert headers["Content-Disposition"] == f'attachment; filename="bao-cao-{CONFERENCE}-phien-ban-1.docx"'
    status, nothing, _ = await fetched(there.ann, f"{one}/files/docx", **{"If-None-Match": headers["ETag"]})
    assert (status, nothing) == (304, b"")

    # Twice is once, and nobody signs the next version from figures that were corrected meanwhile.
    again = await sign(cuc, first["number"])
    assert (again.status, again.body["signed_by"]) == (200, "Ann")
    before = await drafted(there.ann)
    number = await asked(there.binh, HALL, 50)
    assert (await approved(there.ann, number)).status == 200
    assert (await done(there.ann, before["number"]))["stale"] is True
    old = await sign(there.ann, before["number"], 2)
    assert (old.status, old.code) == (409, "version")
    second = await drafted(there.ann)
    assert (second["version"], second["present"], second["office"]["number"]) == (2, 710, "12")
    for wrong in (1, 3):
        refused = await sign(there.ann, second["number"], wrong)
        assert (refused.status, refused.code) == (409, "version")
    signed = await sign(there.ann, second["number"], 2)
    assert (signed.status, signed.body["corrections"]) == (200, [number])

    # The first one, later: the same bytes, and its figures make the same tables and the same files again.
    assert (await fetched(there.ann, f"{one}/files/docx"))[1] == docx
    _, raw, _ = await fetched(there.ann, f"{one}/figures")
    figures = decode(raw)
    assert (hashlib.sha256(raw).hexdigest(), figures.people.present) == (first["figures_sha256"], 720)
    assert len(figures.heads.journal) == len(figures.heads.audit) == 64
    press = Press()
    form = msgspec.convert(first["office"], Form)
    assert (await press(figures, form, [Format.DOCX])).files[Format.DOCX] == docx
    events = [event["event"] for event in await there.ann.events()]
    versions = [event for event in events if event["event"] == "version-signed"]
    assert [(each["version"], each["files"]["docx"]) for each in versions] == [
        (1, told["sha256"]),
        (2, hashlib.sha256((await fetched(there.ann, f"{REPORTS}/{second['number']}/files/docx"))[1]).hexdigest()),
    ]


async def test_a_draft_says_that_it_is_old_when_the_office_has_judged_a_hall_otherwise(ours: Own) -> None:
    there = ours.there
    await closed(ours)
    draft = await drafted(there.ann, formats=["csv"])
    change = {"point": HALL, "list": "criticism", "add": False, "reason": "mất điện cả phường"}
    assert (await there.ann.post(f"{PATH}/judgement/changes", change)).status == 200
    assert (await done(there.ann, draft["number"]))["stale"] is True
    refused = await sign(there.ann, draft["number"])
    assert (refused.status, refused.code) == (409, "version")
    newer = await drafted(there.ann, formats=["csv"])
    assert newer["stale"] is False
    assert "đưa ra 1 điểm cầu" in (await fetched(there.ann, f"{REPORTS}/{newer['number']}/files/csv"))[1].decode()
    assert (await sign(there.ann, newer["number"])).status == 200


async def test_each_form_keeps_the_fields_that_it_was_filled_with(ours: Own) -> None:
    ann = ours.there.ann
    await drafted(ann, formats=["csv"], office={"number": "12", "signer": "Nguyễn Văn A"})
    told = (await ann.get(REPORTS)).body
    assert (told["offices"]["party"], told["offices"]["state"]["signer_title"]) == (told["office"], "CHỦ TỊCH")
    await ours.pass_time(1)
    await drafted(ann, formats=["csv"], office={**told["offices"]["state"], "signer": "Trần Thị B"})
    told = (await ann.get(REPORTS)).body
    assert (told["office"]["kind"], told["office"]["signer"]) == ("state", "Trần Thị B")
    assert (told["offices"]["party"]["number"], told["offices"]["party"]["signer"]) == ("12", "Nguyễn Văn A")


async def test_nothing_is_signed_before_the_close(ours: Own) -> None:
    draft = await drafted(ours.there.ann)
    assert draft["closed"] is False
    refused = await sign(ours.there.ann, draft["number"])
    assert (refused.status, refused.code) == (409, "not_closed")


async def test_a_report_is_whose_everything_in_it_is(ours: Own) -> None:
    there, registry = ours.there, ours.house.registry
    await closed(ours)
    draft, other = await drafted(there.ann), await drafted(there.ann)
    assert (await sign(there.ann, draft["number"])).status == 200
    viewer = await there.signed_in(registry, "viet", Role.VIEWER, "01")
    inspector = await there.signed_in(registry, "tra", Role.INSPECTOR, "006")
    admin = await there.signed_in(registry, "quan", Role.ADMIN)
    signed, hidden = f"{REPORTS}/{draft['number']}", f"{REPORTS}/{other['number']}"
    for who, sees in (
        (viewer, True),
        (admin, True),
        (inspector, False),
        (there.binh, False),
        (there.phone(HALL), False),
    ):
        for path in (signed, f"{signed}/files/pdf", f"{signed}/figures"):
            assert (await fetched(who, path))[0] == (200 if sees else 404)
        for path in (hidden, f"{hidden}/files/pdf", f"{hidden}/figures", f"{REPORTS}/99", f"{signed}/files/exe"):
            assert (await fetched(who, path))[0] == 404
        assert (await who.get(REPORTS)).status == (200 if sees else 404)
        assert (await sign(who, other["number"], 2)).status == 403
        assert (await who.post(REPORTS, {})).status == 403
    assert [each["number"] for each in await listed(viewer)] == [draft["number"]]


async def test_the_calendar_drafts_at_the_close_and_once_more_when_a_late_report_moved_a_figure(
    ours: Own, press: Press
) -> None:
    there = ours.there
    said_before = ours.clock.now() - 1_000
    await closed(ours)
    await ours.pass_time(2)
    (draft,) = await listed(there.ann)
    assert (draft["made_by"], draft["job"].partition("@")[0], draft["closed"]) == ("calendar", "report:closed", True)
    # Said before the close, and here within the grace: the figures move, and the draft with them.
    said = closing_count(HALL, 61, said_before, excused=2)
    (outcome,) = await late(there.phone(HALL), said, now_ms=ours.clock.now())
    assert (outcome["outcome"], outcome["code"]) == ("accepted", ""), outcome
    await ours.pass_time(61 * MINUTE)
    newest, oldest = await listed(there.ann)
    assert (newest["job"].partition("@")[0], newest["present"], newest["stale"]) == ("report:grace", 721, False)
    assert oldest["stale"] is True
    assert (await sign(there.ann, newest["number"], at_once=False)).status == 200
    assert press.made == 2


async def test_a_draft_that_a_crash_cut_off_is_made_after_it_and_no_half_of_one_is_kept(
    folder: Path, keys: Keys, press: Press
) -> None:
    async with own(folder, keys) as ours:
        await at_the_end(ours)
        await ended(ours.there, HALL, ours.clock.now())
        await closed(ours)
        press.go.clear()
        now_ms = ours.clock.now()
        running = asyncio.create_task(ours.pass_time(2))
        async with asyncio.timeout(PATIENCE_S):
            while not await listed(ours.there.ann):
                pass
        running.cancel()
        assert await ours.house.archive.listed(CONFERENCE) == []
    press.go.set()
    async with own(folder, keys, starts_ms=now_ms + 5_000) as ours:
        await ours.pass_time(5)
        assert (await done(ours.there.ann, 1))["job"].startswith("report:closed@")
        assert len(await listed(ours.there.ann)) == 1


async def test_a_signature_that_a_crash_cut_off_leaves_a_draft_and_another_may_be_signed(
    ours: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    await closed(ours)
    one, other = await drafted(ours.there.ann), await drafted(ours.there.ann)
    # Fixed, and the power goes before the journal has it.
    await ours.house.archive.fix(CONFERENCE, one["number"], 1)
    assert [each["status"] for each in await listed(ours.there.ann)] == ["draft", "draft"]
    assert (await sign(ours.there.ann, other["number"])).status == 200
    assert [each["status"] for each in await listed(ours.there.ann)] == ["signed", "draft"]


async def test_old_drafts_are_forgotten_and_what_was_signed_never(ours: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "DRAFTS_KEPT", 2)
    await closed(ours)
    first = await drafted(ours.there.ann, formats=["csv"])
    assert (await sign(ours.there.ann, first["number"])).status == 200
    numbers = [(await drafted(ours.there.ann, formats=["json"]))["number"] for _ in range(3)]
    assert [each["number"] for each in await listed(ours.there.ann)] == [*reversed(numbers[1:]), first["number"]]
    kinds = {(label.number, label.kind) for label in await ours.house.archive.listed(CONFERENCE)}
    assert (numbers[0], Kind.REPORT) not in kinds


async def test_too_many_at_once_are_told_to_come_again(ours: Own, press: Press) -> None:
    press.go.clear()
    answers = [await ours.there.ann.post(REPORTS, {"formats": ["csv"]}) for _ in range(drafts.WAITING + 1)]
    assert [each.status for each in answers] == [202] * drafts.WAITING + [429]
    assert (answers[-1].code, answers[-1].headers["Retry-After"]) == ("busy", "10")
    press.broken = Unwritten("bảng quá rộng")
    press.go.set()
    failed = await done(ours.there.ann, answers[0].body["number"], "failed")
    assert failed["failed"] == "bảng quá rộng"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (OSError("no process"), "máy chủ chưa làm được (OSError)"),
        (DBAPIError("INSERT", None, sqlite3.OperationalError("database or disk is full")), "máy chủ chưa làm được"),
        (KeyError("a row"), "lỗi của phần mềm (KeyError)"),
    ],
    ids=["no-process", "disk-full", "fault-of-ours"],
)
async def test_a_report_that_cannot_be_made_stops_nothing_else(
    ours: Own, press: Press, broken: Exception, said: str
) -> None:
    press.broken = broken
    number = (await ours.there.ann.post(REPORTS, {"formats": ["csv"]})).body["number"]
    assert said in (await done(ours.there.ann, number, "failed"))["failed"]
    press.broken = None
    assert (await drafted(ours.there.ann, formats=["csv"]))["status"] == "draft"


async def test_a_signature_of_which_nobody_heard_stays_with_the_report_that_was_signed(
    ours: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    await closed(ours)
    one, other = await drafted(ours.there.ann), await drafted(ours.there.ann)
    real = commanded
    before: list[Callable[[], Awaitable[None]]] = []

    async def slow(*asked: Any) -> None:
        """The disk takes its time with the first, and whoever asked is told to come again; then it is done after all."""
        if not before:
            before.append(lambda: real(*asked))
            raise come_again()
        await before[0]()
        await real(*asked)

    monkeypatch.setattr("bridge.reporting.commanded", slow)
    assert (await sign(ours.there.ann, one["number"])).status == 503
    refused = await sign(ours.there.ann, other["number"])
    assert (refused.status, refused.code) == (409, "version")
    fixed = {label.number: label.version for label in await ours.house.archive.listed(CONFERENCE, Kind.FIGURES)}
    assert fixed == {one["number"]: 1, other["number"]: None}
    assert [each["status"] for each in await listed(ours.there.ann)] == ["draft", "signed"]


async def test_a_changed_byte_of_what_was_signed_is_found_and_a_backup_keeps_every_one(
    ours: Own, folder: Path, tmp_path: Path
) -> None:
    await closed(ours)
    draft = await drafted(ours.there.ann)
    await sign(ours.there.ann, draft["number"])
    before = (await fetched(ours.there.ann, f"{REPORTS}/{draft['number']}/files/pdf"))[1]
    await ours.close()
    await asyncio.to_thread(copied, folder, tmp_path / "copy.zip", datetime.now(UTC))
    other = tmp_path / "other"
    await asyncio.to_thread(restored, tmp_path / "copy.zip", other)
    where = addresses(settings(other))
    await checked((where.registry, where.journal), archive=where.archive)
    with sqlite3.connect(other / "archive.sqlite") as raw:
        assert raw.execute("SELECT content FROM kept WHERE name = 'pdf'").fetchone()[0] == before
        # Whoever changes a file and its digest with it still meets the journal.
        forged = before + b" "
        sealed = hashlib.sha256(forged).hexdigest()
        raw.execute(
            "UPDATE kept SET content = ?, size = ?, sha256 = ? WHERE name = 'pdf'", (forged, len(forged), sealed)
        )
    raw.close()
    with pytest.raises(Broken, match=f"table kept, conference {CONFERENCE}, version 1: «pdf» is not what"):
        await checked((where.registry, where.journal), archive=where.archive)
    (other / "archive.sqlite").unlink()
    with pytest.raises(Broken, match=r"version 1: .* is missing"):
        await checked((where.registry, where.journal), archive=where.archive)


@pytest.mark.parametrize("day", ["2026-02-30", "0000-00-00", "9999-99-99"])
async def test_a_day_that_is_on_no_calendar_is_refused_before_anything_is_made(ours: Own, day: str) -> None:
    answer = await ours.there.ann.post(REPORTS, {"office": {"date": day}})
    assert (answer.status, answer.code) == (422, "invalid")
    assert day in str(answer.body)
    assert await listed(ours.there.ann) == []


@pytest.mark.parametrize("field", ["title", "signer", "number"])
async def test_what_no_document_can_hold_is_refused_before_one_is_made(ours: Own, field: str) -> None:
    answer = await ours.there.ann.post(REPORTS, {"office": {field: "a\u0003b"}})
    assert (answer.status, answer.code) == (422, "invalid")
    assert field in str(answer.body)
    assert await listed(ours.there.ann) == []
