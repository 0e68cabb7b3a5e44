"""What the server says of itself to Prometheus, and to whom."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bridge.house import House, opened_house
from bridge.settings import MetricsSettings, Server, Settings, Storage
from tests.flows.house import CONFERENCE, HALL, MEASURED, SITTING, Answer, Browser, Own, act, count

Figures = Mapping[tuple[str, frozenset[tuple[str, str]]], float]
SECRET = "4f81b0c2d7e93a56be0172cd"


async def figures(address: str, **headers: str) -> Figures:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{address}/metrics", headers={n.replace("_", "-"): v for n, v in headers.items()}) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        families = text_string_to_metric_families(await answer.text())
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }


def named(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


async def test_what_happened_is_counted_and_what_stands_is_shown(ours: Own, tmp_path: Path) -> None:
    there = ours.there
    room = await there.room(HALL)
    await room.hello()
    screen = await there.screen()
    await screen.watch()
    before = await figures(there.address)
    told = act(HALL, "stage", stage="on_site")
    for _ in range(2):
        await there.phone(HALL).send(told)
    await there.phone(HALL).send(count(HALL, 60))
    (outcome,) = (await there.phone(HALL).send(act(HALL, "confirm", act=told["id"]))).outcomes
    assert outcome["outcome"] == "refused"
    await screen.shows(HALL, stage="on_site")
    after = await figures(there.address)

    def grown(name: str, **labels: str) -> float:
        return after[named(name, **labels)] - before.get(named(name, **labels), 0)

    assert {
        each: grown("bridge_acts_total", conference=CONFERENCE, outcome=each)
        for each in ("accepted", "refused", "duplicate")
    } == {"accepted": 2, "refused": 1, "duplicate": 1}
    assert grown("bridge_journal_position", conference=CONFERENCE) >= 3
    assert grown("bridge_batch_size_count") >= 4
    assert grown("bridge_commit_seconds_sum") > 0
    assert grown("bridge_feed_frames_total") > 0
    assert after[named("bridge_sockets", kind="rooms")] == 1
    assert after[named("bridge_sockets", kind="screens")] == 1
    assert after[named("bridge_sockets", kind="phones")] == 0
    assert after[named("bridge_lines", conference=CONFERENCE, state="steady")] == 1
    lines = [value for (name, _), value in after.items() if name == "bridge_lines"]
    assert sum(lines) == len(MEASURED) + 1
    assert after[named("bridge_inbox", conference=CONFERENCE)] == 0
    assert after[named("bridge_recording", conference=CONFERENCE)] == 1
    assert after[named("bridge_connections")] >= 3
    assert any(name == "bridge_build_info" for name, _ in after)
    # Never made: no age that somebody could take for a young one.
    assert not any(name == "bridge_backup_age_seconds" for name, _ in after)
    made = ours.house.registry.now()
    await ours.house.backups.make(tmp_path / "copy.zip")
    aged = await figures(there.address)
    assert 0 <= aged[named("bridge_backup_age_seconds")] <= (ours.house.registry.now() - made).total_seconds()


async def test_no_figure_names_anybody(ours: Own) -> None:
    await ours.there.phone(HALL).send(act(HALL, "incident", fault="other", note="Nguyễn Văn Ghi chú"))
    async with aiohttp.ClientSession() as http, http.get(f"{ours.there.address}/metrics") as answer:
        text = await answer.text()
    for word in ("Nguyễn", "ann", HALL, SITTING):
        assert word not in text


@asynccontextmanager
async def open_to(folder: Path, metrics: MetricsSettings, **server: object) -> AsyncIterator[tuple[House, Browser]]:
    settings = Settings(
        server=Server(port=0, **server),
        storage=Storage(folder=folder),
        metrics=metrics,
    )
    async with opened_house(settings) as house, aiohttp.ClientSession() as http:
        yield house, Browser(http, f"http://127.0.0.1:{house.port}", {})


def missing(answer: Answer) -> bool:
    """As if there were no such page."""
    return (answer.status, answer.code) == (404, "not_found")


async def test_the_public_finds_nothing_there(tmp_path: Path) -> None:
    proxied = {"proxies": ("127.0.0.1",), "origins": ("https://hoinghi.example",)}
    inside = MetricsSettings(allow=("10.0.0.0/8",))
    async with open_to(tmp_path / "a", inside, **proxied) as (_, somebody):
        for client, there in (("203.0.113.9", False), ("10.1.2.3", True), ("203.0.113.9, 10.1.2.3", True)):
            answer = await somebody.get("/metrics", X_Forwarded_For=client, X_Forwarded_Proto="https")
            assert (answer.status == 200) is there
            assert there or missing(answer)
        # Who speaks to us from this machine and for nobody else.
        assert (await somebody.get("/metrics")).status == 200
    # A proxy here that nobody named: all the world looks like this machine.
    async with open_to(tmp_path / "b", MetricsSettings(), origins=("https://hoinghi.example",)) as (_, somebody):
        assert missing(await somebody.get("/metrics"))
    token = MetricsSettings(token=SecretStr(SECRET))
    async with open_to(tmp_path / "c", token, origins=("https://hoinghi.example",)) as (_, somebody):
        for given in ("", "Bearer wrong", "Bearer", f"Basic {SECRET}"):
            assert missing(await somebody.get("/metrics", Authorization=given))
        assert (await somebody.get("/metrics", Authorization=f"Bearer {SECRET}")).status == 200


async def test_a_proxy_on_this_machine_that_nobody_has_named_is_not_this_machine(ours: Own) -> None:
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"):
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{ours.there.address}/metrics", headers={header: "203.0.113.9"}) as answer,
        ):
            assert answer.status == 404, header
