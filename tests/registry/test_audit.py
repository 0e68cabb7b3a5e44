"""Whoever changes the registry is written down with the change, in a chain that shows every touch."""

import asyncio
import csv
import io
from datetime import time as hour
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from endpoints_registry import audit
from endpoints_registry.access import Role
from endpoints_registry.audit import Change, Row, Wanted
from endpoints_registry.auditing import Auditing, said
from endpoints_registry.bodies.audit import JournalHead
from endpoints_registry.bodies.making import SittingBody
from endpoints_registry.conferences import Hotline, planned
from endpoints_registry.doing import Doer, done_by
from endpoints_registry.door import ORIGINS, RESOLVE
from endpoints_registry.gate import mount
from endpoints_registry.registry import Registry
from endpoints_registry.routes import routes
from endpoints_registry.shifts import Shift
from endpoints_registry.tables import ACCOUNT, METADATA, UNIT
from endpoints_registry.units import Cluster
from endpoints_registry.witness import RULES, UNTOLD
from tests.registry.cast import DAY, NOW, POINTS
from tests.registry.conftest import PASSWORD, Browser, Clock, Front, refused, told

SITTING = SittingBody(day=DAY, starts_at=hour(8), ends_at=hour(11, 30)).sitting()
ANN = Doer("user:ann", "10.0.0.7", "Theo công văn 12 của chị Trần Thị Bình")


async def rows(registry: Registry, **wanted: object) -> tuple[Row, ...]:
    async with registry.store.reading() as connection:
        return await audit.read(connection, Wanted(**wanted))  # type: ignore[arg-type]


async def newest(registry: Registry) -> Row:
    return (await rows(registry, newest_first=True))[0]


async def actions(registry: Registry, after: int) -> list[tuple[str, int]]:
    return [(row.entry.action, audit.what_of(row.entry).number) for row in await rows(registry, after=after)]


async def change(registry: Registry, row: Row, field: str) -> Change:
    """With the private texts in place of their marks."""
    async with registry.store.reading() as connection:
        texts = await audit.texts_of(connection, [row])
    (found,) = [each for each in audit.what_of(row.entry).changes if each.field == field]
    values = [texts.get(v[1:]) if isinstance(v, str) and v.startswith("#") else v for v in (found.before, found.after)]
    return Change(found.subject, field, *values)


def test_every_table_has_a_rule_or_a_reason_for_none() -> None:
    assert METADATA.tables.keys() == RULES.keys() | UNTOLD


def test_no_secret_is_among_what_a_row_tells() -> None:
    for table, rule in RULES.items():
        columns = {column.name for column in METADATA.tables[table].columns}
        assert rule.plain | rule.private | set(rule.subject) | rule.idle | rule.ends.keys() <= columns
        assert not [name for name in rule.plain | rule.private if "hash" in name or "secret" in name or name == "key"]


@pytest.mark.parametrize("kind", sorted({rule.kind for rule in RULES.values()}))
def test_every_kind_of_change_has_words(kind: str) -> None:
    assert kind not in said(f"{kind}-made")


async def test_a_change_says_who_when_from_where_why_and_what(registry: Registry, clock: Clock) -> None:
    before = (await newest(registry)).position
    clock.passes(timedelta(minutes=5))
    altered = POINTS.replace("Phường Trúc Bạch,commune,2 Trấn Vũ,120", "Phường Trúc Bạch,commune,2 Trấn Vũ,150")
    with done_by(ANN):
        assert not (await registry.import_file(altered.encode())).faults
    (row,) = await rows(registry, after=before)
    entry = row.entry
    assert (entry.at_ms, entry.by, entry.address) == (
        (NOW + timedelta(minutes=5)).timestamp() * 1000,
        "user:ann",
        "10.0.0.7",
    )
    assert (entry.action, audit.what_of(entry).subjects) == ("point-changed", ("00004-01",))
    assert await change(registry, row, "seats") == Change("00004-01", "seats", 120, 150)
    async with registry.store.reading() as connection:
        assert ANN.reason in (await audit.texts_of(connection, [row])).values()


async def test_names_and_free_text_are_not_in_the_chain_but_beside_it(registry: Registry) -> None:
    altered = POINTS.replace("Phạm Dung,0900 000 004", "Đỗ Thị Hoa,0900 000 009")
    with done_by(ANN):
        await registry.import_file(altered.encode())
    row = await newest(registry)
    assert row.entry.action == "contact-changed"
    assert await change(registry, row, "name") == Change("00004-01 operator", "name", "Phạm Dung", "Đỗ Thị Hoa")
    chain = b"".join(repr(each).encode() for each in await rows(registry))
    for private in ("Phạm Dung", "Đỗ Thị Hoa", "0900 000", "công văn"):
        assert private.encode() not in chain
        assert private.encode("unicode_escape") not in chain


async def test_what_was_written_and_undone_in_one_breath_is_not_told(registry: Registry) -> None:
    before = (await newest(registry)).position
    # An import deletes a point's people and writes them anew.
    await registry.import_file(POINTS.replace("120", "121").encode())
    assert await actions(registry, before) == [("point-changed", 1)]


async def test_what_is_rolled_back_leaves_no_row(registry: Registry) -> None:
    before = await newest(registry)

    async def half_done() -> None:
        async with registry.store.writing() as connection:
            await connection.execute(UNIT.update().values(name="khác"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half_done()
    await registry.issue_links(["00004-01"])
    assert await actions(registry, before.position) == [("link-made", 1)]


async def test_links_tokens_and_accounts_are_told_by_their_codes(registry: Registry) -> None:
    before = (await newest(registry)).position
    with done_by(ANN):
        await registry.issue_links(["00004-01", "00004-02"])
        await registry.issue_links(["00004-01"])
        await registry.revoke_tokens(["00004-01"])
        await registry.issue_tokens(["00004-01"])
        await registry.revoke_links(["00004-02"])
        binh = await registry.add_account("binh", "Trần Thị Bình", Role.COORDINATOR, PASSWORD, "001")
        await registry.change_account(binh, disabled=True)
    found = await rows(registry, after=before)
    assert [(row.entry.action, *audit.what_of(row.entry).subjects) for row in found] == [
        ("link-made", "00004-01", "00004-02"),
        ("link-revoked", "00004-01"),
        ("link-made", "00004-01"),
        ("agent-token-made", "00004-01"),
        ("link-revoked", "00004-02"),
        ("account-made", "binh"),
        ("account-disabled", "binh"),
    ]
    assert {row.entry.by for row in found} == {"user:ann"}
    assert await change(registry, found[-2], "scope") == Change("binh", "scope", None, "001")


@pytest.mark.parametrize(
    ("column", "value", "action"),
    [
        ("disabled_at", None, "account-enabled"),
        ("password_hash", "another", "account-rekeyed"),
        ("scope", "006", "account-changed"),
    ],
)
async def test_what_became_of_an_account_has_its_own_word(
    registry: Registry, column: str, value: str | None, action: str
) -> None:
    binh = await registry.add_account("binh", "Trần Thị Bình", Role.COORDINATOR, PASSWORD, "001")
    await registry.change_account(binh, disabled=True)
    async with registry.store.writing() as connection:
        await connection.execute(ACCOUNT.update().where(ACCOUNT.c.username == "binh").values({column: value}))
    row = await newest(registry)
    assert (row.entry.action, audit.what_of(row.entry).subjects) == (action, ("binh",))
    assert b"another" not in row.entry.what


async def test_conferences_rosters_clusters_and_shifts_are_told(registry: Registry) -> None:
    before = (await newest(registry)).position
    conference = planned("hoc-tap", "Học tập", "city", "online", "01", Hotline("Trực ban", "024 3000"), [SITTING])
    kept = [each for each in registry.holdings.points if each.point.code == "00004-01"]
    await registry.create_conference(conference, kept, {(SITTING.id, "00004-01"): 64})
    await registry.names.switch("hoc-tap", True, NOW)
    roster = "Mã điểm cầu,Họ và tên,Thành phần\n00004-01,Lê Văn Tám,Chủ chốt\n00004-01,Vũ Thị Chín,Cán bộ\n"
    made = await registry.names.import_roster("hoc-tap", kept, roster.encode())
    assert not made.faults
    await registry.put_duty("hoc-tap", [Shift("Lê Chi", "0900 000 003", "", NOW, NOW + timedelta(hours=1))])
    await registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"001", "006"})))
    await registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"001", "271"})))
    await registry.names.switch("hoc-tap", False, NOW)
    assert await actions(registry, before) == [
        ("conference-made", 1),
        ("sitting-made", 1),
        ("round-made", 3),
        ("chosen-point-made", 1),
        ("expected-made", 1),
        ("names-made", 1),
        ("attendee-made", 2),
        ("duty-shift-made", 1),
        ("cluster-made", 1),
        ("cluster-unit-made", 2),
        ("cluster-unit-removed", 1),
        ("cluster-unit-made", 1),
        ("attendee-removed", 2),
        ("names-removed", 1),
    ]


async def test_the_chain_holds_and_names_its_first_broken_row(registry: Registry) -> None:
    await registry.issue_links(["00004-01"])
    found = await rows(registry)
    assert audit.verify(found) is None
    async with registry.store.writing() as connection:
        await connection.execute(text("UPDATE audit SET done_by = 'user:eve' WHERE position = 2"))
    assert audit.verify(await rows(registry)) == 2


async def test_who_changes_at_once_is_chained_one_by_one(registry: Registry) -> None:
    await asyncio.gather(*(registry.issue_links(["00004-01"]) for _ in range(8)))
    found = await rows(registry)
    assert audit.verify(found) is None
    assert [row.position for row in found] == list(range(1, len(found) + 1))


# --- its addresses


@pytest.fixture
async def office(front: Front) -> Front:
    """With the audit's doors, which the whole house hangs beside the registry's."""

    async def journals() -> list[JournalHead]:
        return [JournalHead(conference="hoc-tap", epoch="e", position=3, hash="00")]

    app = web.Application()
    app[RESOLVE] = front.registry.keyring
    app[ORIGINS] = frozenset()
    mount(app, [*routes(front.registry), *Auditing(front.registry, journals).routes()])
    server = TestServer(app)
    await server.start_server()
    front.stack.push_async_callback(server.close)
    front.server = server
    return front


async def rotated(browser: Browser, why: str = "") -> None:
    headers = {"Bridge-Reason": why} if why else {}
    async with browser.post("/api/v1/registry/links", json={"points": ["00004-01"]}, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def test_an_admin_reads_who_did_what_from_where_and_why(office: Front) -> None:
    ann, admin = await office.staff(Role.ORGANISER), await office.staff(Role.ADMIN)
    await rotated(ann, "M%E1%BA%A5t%20%C4%91i%E1%BB%87n%20tho%E1%BA%A1i")
    found = (await told(admin, "/audit", actor="user:organiser-all"))["entries"]
    assert [(each["action"], each["said"], each["subjects"]) for each in found] == [
        ("link-made", "Thêm liên kết của điểm cầu", ["00004-01"])
    ]
    assert found[0]["reason"] == "Mất điện thoại"
    assert found[0]["address"] == "127.0.0.1"
    assert found[0]["at"].endswith("+07:00")


async def test_the_log_is_searched_and_turned_page_by_page(office: Front) -> None:
    ann, admin = await office.staff(Role.ORGANISER), await office.staff(Role.ADMIN)
    for _ in range(3):
        await rotated(ann)
    page = await told(admin, "/audit", action="link", limit=2)
    following = await told(admin, "/audit", action="link", limit=9, after=page["next"])
    both = [each["position"] for each in page["entries"] + following["entries"]]
    assert both == sorted(both, reverse=True)
    assert [each["action"] for each in following["entries"]][-1] == "link-made"
    assert len(both) == 5
    assert following["next"] is None
    oldest = await told(admin, "/audit", action="link-revoked", order="oldest")
    assert [each["position"] for each in oldest["entries"]] == sorted(both)[1::2]
    assert (await told(admin, "/audit", since="2027-01-01T00:00:00+07:00"))["entries"] == []
    assert (await told(admin, "/audit", until="2020-01-01T00:00:00+07:00"))["entries"] == []


async def test_the_log_is_searched_by_what_it_is_about(office: Front) -> None:
    ann, admin = await office.staff(Role.ORGANISER), await office.staff(Role.ADMIN)
    await rotated(ann)
    about = (await told(admin, "/audit", subject="00004-01", action="link"))["entries"]
    assert about
    assert {each["action"] for each in about} <= {"link-made", "link-revoked"}
    assert all("00004-01" in " ".join(each["subjects"]) for each in about)
    # A part of a code is another code, and half a chain of JSON is nobody.
    for stranger in ("00004-0", '","', "%", "organiser-al"):
        assert (await told(admin, "/audit", subject=stranger))["entries"] == []
    assert [each["action"] for each in (await told(admin, "/audit", subject="organiser-all"))["entries"]][-1] == (
        "account-made"
    )


async def test_the_log_goes_out_as_a_file_that_runs_nothing(office: Front) -> None:
    ann, admin = await office.staff(Role.ORGANISER), await office.staff(Role.ADMIN)
    await rotated(ann, "%3DHYPERLINK(1)")
    async with admin.get("/api/v1/audit/export", params={"actor": "user:organiser-all"}) as answer:
        raw = await answer.read()
    assert raw.startswith(b"\xef\xbb\xbf")
    heading, *lines = csv.reader(io.StringIO(raw[3:].decode()))
    assert {dict(zip(heading, line, strict=True))["Lý do"] for line in lines} == {"'=HYPERLINK(1)"}
    assert {dict(zip(heading, line, strict=True))["Người làm"] for line in lines} == {"user:organiser-all"}


async def test_the_heads_of_all_chains_are_told(office: Front) -> None:
    admin = await office.staff(Role.ADMIN)
    heads = await told(admin, "/audit/heads")
    last = await newest(office.registry)
    assert heads["audit"] == {"position": last.position, "hash": last.hash.hex()}
    assert heads["journals"] == [{"conference": "hoc-tap", "epoch": "e", "position": 3, "hash": "00"}]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.COORDINATOR, Role.INSPECTOR, Role.VIEWER])
@pytest.mark.parametrize("path", ["/audit", "/audit/export", "/audit/heads"])
async def test_nobody_but_an_admin_reads_it(office: Front, role: Role, path: str) -> None:
    browser = await office.staff(role, None if role is Role.ORGANISER else "001")
    assert await refused(browser, "GET", path) == (403, "not_allowed")
