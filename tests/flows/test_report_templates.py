"""An office edits the shipped template in Word and uploads it: looked at, used, audited, taken back."""

import io
import sqlite3
import zipfile
from typing import Any

import aiohttp
import pytest
from docx import Document
from sqlalchemy.exc import DBAPIError

from bridge.archive import Kind
from endpoints_registry import paper
from endpoints_registry.access import Role
from endpoints_registry.audit import Wanted, read
from tests.flows.house import CONFERENCE, HALL, Browser, Own
from tests.flows.test_reports import REPORTS, done, fetched

TEMPLATE = "/api/v1/report-templates/party"


async def put(who: Browser, raw: bytes, path: str = TEMPLATE) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.put(who.server + path, data=raw, headers=who.headers) as response,
    ):
        return response.status, await response.json()


def with_words(raw: bytes, words: str) -> bytes:
    """The same template with one more line at its top."""
    document = Document(io.BytesIO(raw))
    document.paragraphs[0].insert_paragraph_before(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def text_of(raw: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return packed.read("word/document.xml").decode()


async def drafted(who: Browser) -> bytes:
    answer = await who.post(REPORTS, {"formats": ["docx"]})
    assert answer.status == 202
    told = await done(who, answer.body["number"])
    return (await fetched(who, f"{REPORTS}/{told['number']}/files/docx"))[1]


async def test_an_uploaded_template_is_looked_at_used_audited_and_taken_back(ours: Own) -> None:
    ann, registry = ours.there.ann, ours.house.registry
    status, shipped, headers = await fetched(ann, TEMPLATE)
    assert (status, headers["Content-Disposition"]) == (200, 'attachment; filename="mau-bao-cao-party.docx"')
    status, refused = await put(ann, with_words(shipped, "{{ ten_bi_thu }}"))
    assert (status, refused["code"]) == (422, "template")
    assert "ten_bi_thu" in refused["detail"]
    assert (await put(ann, b"no Word file"))[0] == 422
    status, told = await put(ann, own := with_words(shipped, "Kính gửi các đồng chí"))
    assert (status, told["own"], told["bytes"]) == (200, True, len(own))
    assert (await fetched(ann, TEMPLATE))[1] == own
    assert "Kính gửi các đồng chí" in text_of(await drafted(ann))
    async with registry.store.reading() as connection:
        rows = await read(connection, Wanted(action="report-template"))
    assert [(row.entry.action, row.entry.by) for row in rows] == [("report-template-made", "user:ann")]
    assert told["sha256"].encode() in rows[0].entry.what
    assert (await ann.ask("DELETE", TEMPLATE, None, {})).body["own"] is False
    assert (await ann.ask("DELETE", TEMPLATE, None, {})).status == 404
    assert "Kính gửi các đồng chí" not in text_of(await drafted(ann))
    assert await ours.house.archive.one("", Kind.TEMPLATE, 0, "party") is None
    # The power goes when the registry has it and the archive has not.
    await paper.put_template(registry.store, paper.OwnTemplate("party", told["sha256"], len(own), registry.now()))
    assert (await ann.get(f"{TEMPLATE}/facts")).body["own"] is False


async def test_a_disk_that_is_full_is_said_so_and_the_same_may_be_sent_again(
    ours: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = ours.there.ann
    shipped = (await fetched(ann, TEMPLATE))[1]
    with sqlite3.connect(":memory:") as full:
        full.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError, match="full") as met:
            full.execute("CREATE TABLE kept (content BLOB)")

    async def keep(_items: object) -> None:
        raise DBAPIError("INSERT INTO kept", None, met.value)

    with monkeypatch.context() as patch:
        patch.setattr(ours.house.archive, "keep", keep)
        status, told = await put(ann, shipped)
        assert (status, told["code"]) == (503, "come_again")
    assert (await put(ann, shipped))[0] == 200


@pytest.mark.parametrize("path", ["", "/party"])
async def test_templates_are_the_organisers_only(ours: Own, path: str) -> None:
    there = ours.there
    admin = await there.signed_in(ours.house.registry, "quan", Role.ADMIN)
    for who in (admin, there.binh, there.phone(HALL)):
        assert (await who.get(f"/api/v1/report-templates{path}")).status == 403
    assert (await there.ann.get("/api/v1/report-templates/letter")).status == 404
    assert await ours.house.archive.listed(CONFERENCE) == []
