"""The demo: one whole conference day on a driven clock, real sockets and real HTTP, in a folder of its own."""

import asyncio
import contextlib
import json
import secrets
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec
import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bridge.agent import Follower
from bridge.archive import Kind
from bridge.clock import RealClock
from bridge.house import House, Unusable, opened_house
from bridge.rules.attendance import NOBODY, People, standing
from bridge.rules.closing import differences
from bridge.rules.model import Mode, Plan, PointType, RoundKey, RoundName
from bridge.rules.projection import State
from bridge.rules.spelling import figure
from bridge.rules.trouble import Trouble
from bridge.rules.wire import rfc3339
from bridge.settings import BroadcastSettings, LineSettings, Server, Settings, Storage
from bridge.simulator.broadcast import TARGET_S, Origin, on_air
from bridge.simulator.clock import DrivenClock
from bridge.simulator.deeds import Hand, Story
from bridge.simulator.playing import Keys, Login, Played, Player
from bridge.simulator.reels import filmed
from bridge.simulator.staff import Seat, desks, districts
from bridge.simulator.story import told
from bridge.simulator.traffic import Traffic
from dashboards.reports.drafts import Facts, facts_of
from endpoints_registry import conferences
from endpoints_registry.collecting import for_days
from endpoints_registry.conferences import Hotline
from endpoints_registry.samples import answering, growing

log = structlog.get_logger("demo")

WHO = {
    Hand.STAFF: "ban tổ chức",
    Hand.SECOND: "phó ban tổ chức, duyệt đính chính",
    Hand.COORDINATOR: "điều phối toàn thành phố",
    Hand.INSPECTOR: "tổ kiểm tra đột xuất",
}
TYPES = {
    PointType.CITY_HALL: "Hội trường thành phố",
    PointType.DISTRICT: "Quận, huyện, thị xã",
    PointType.DIRECT_UNIT: "Đảng ủy trực thuộc",
    PointType.COMMUNE: "Xã, phường, thị trấn",
    PointType.EXTRA_HALL: "Hội trường mở thêm",
}
WALL = ("Hội trường thành phố", None, ("numbers:20", "units:20", "tiles:30", "attention:20"))
LINKS_SHOWN = 20
FOLLOWERS = 3
FOLLOWED_UP_TO_SPEED = 10
HURRIED_HEARTBEAT_S = 20
"""A day in a hurry is nearly all heartbeats: half as many are sent, and a silence is noticed 20 s later."""
GRAIN_MS = 1_000
"""As fast as the machine keeps up, rooms that beat in the same second beat together."""

STUCK_S = 180
"""While a report is written the hall's clock stands still: some seconds, and on a machine that does other things, many."""


@dataclass(frozen=True, slots=True)
class Options:
    port: int = 8080
    registry: str = growing.DEMO
    points: int | None = None
    speed: float = 60
    seed: int = 2026
    faults: bool = True
    until_end: bool = False
    json: bool = False
    json_all: bool = False
    data: Path | None = None


async def run(options: Options) -> None:
    """Play the day; with `until_end` print its closing figures and go, otherwise stay until Ctrl-C. Raises Unusable."""
    try:
        sample = growing.grown(options.registry, options.points)
    except ValueError as wrong:
        raise Unusable(str(wrong)) from wrong
    story = told(sample, options.seed, faults=options.faults)
    traffic = Traffic()
    clock = (
        DrivenClock(story.starts_ms, None, stuck_after_s=STUCK_S, grain_ms=GRAIN_MS)
        if options.until_end
        else DrivenClock(story.starts_ms, options.speed, stuck_after_s=STUCK_S)
    )
    with _folder(options.data) as folder:
        async with _on_air(options, story) as (stream, followed):
            settings = Settings(
                server=Server(port=options.port),
                storage=Storage(folder=folder),
                broadcast=BroadcastSettings(url=stream),
                line=LineSettings(heartbeat_s=HURRIED_HEARTBEAT_S if options.until_end else 0),
            )
            async with opened_house(settings, clock, cycle(story.seeds).__next__) as house:
                keys, nearby = await _furnish(house, story, sample)
                wall = house.address + (await house.registry.hang_wall(*WALL)).path
                house.rooms.counted = "room-"
                clock.quiet = lambda: (
                    traffic.settled(house.rooms.frames_received, house.rooms.rooms_greeted) and house.at_rest()
                )
                _introduce(options, house, story, keys, nearby, wall, stream)
                async with _driven(clock, story) as driving:
                    player = Player(
                        story,
                        house.address,
                        keys,
                        clock,
                        traffic,
                        options.seed,
                        followed,
                        visited=not options.until_end,
                    )
                    with for_days(), _progress(clock, story, shown=options.until_end and not options.json):
                        played = await player.run()
                    if not options.until_end:
                        await asyncio.Event().wait()
                    driving.cancel()
                with _reports_folder(options) as into:
                    signed, written = await _written(house, story.plan.conference, into)
                _conclude(options, house, story.plan, played, signed, written)


@contextmanager
def _folder(wished: Path | None) -> Iterator[Path]:
    if wished is None:
        with tempfile.TemporaryDirectory(prefix="bridge-demo-") as made:
            yield Path(made)
        return
    if wished.exists() and any(wished.iterdir()):
        raise Unusable(f"{wished} is not empty; name a new folder, so that the demo does not mix with another day")
    yield wished


@asynccontextmanager
async def _driven(clock: DrivenClock, story: Story) -> AsyncIterator[asyncio.Task[None]]:
    """The clock runs beside the play until the day is over; a clock that is stuck ends the play."""
    try:
        async with asyncio.TaskGroup() as together:
            driving = together.create_task(clock.run(story.ends_ms + 5 * 60_000))
            yield driving
            driving.cancel()
    except* RuntimeError as failed:
        raise Unusable(f"the play got stuck: {failed.exceptions[0]}") from failed


async def _furnish(house: House, story: Story, sample: growing.Sample) -> tuple[Keys, dict[Seat, Login]]:
    """The day's registry, conference, duty roster, staff and keys: everything that a city would prepare.

    Beside the keys of the play those of the districts' coordinators, who have no part in it.
    """
    registry, plan = house.registry, story.plan
    for file in (growing.units_csv(sample), growing.points_csv(sample)):
        made = await registry.import_file(file.encode())
        if made.faults:
            raise Unusable(f"the sample registry does not import: {made.faults[0]}")
    password = secrets.token_urlsafe(9)
    acting, nearby = desks(sample), districts(sample)
    for seat in (*acting.values(), *nearby):
        await registry.add_account(seat.username, seat.name, seat.role, password, seat.unit)
    codes = {point.code for point in plan.points}
    await registry.create_conference(
        _conference(plan, sample.units[0].code),
        [kept for kept in registry.holdings.points if kept.point.code in codes],
        {(sitting, point.code): people for point in plan.points for sitting, people in point.expected.items()},
    )
    roster = answering.roster(sample, _time(story.starts_ms), _time(story.ends_ms))
    await registry.put_duty(plan.conference, roster)
    links = await registry.issue_links(codes)
    tokens = await registry.issue_tokens(codes)
    keys = Keys(
        staff={hand: Login(seat.username, password) for hand, seat in acting.items()},
        links={code: house.address + link.path for code, link in links.items()},
        tokens=tokens,
    )
    return keys, {seat: Login(seat.username, password) for seat in nearby}


def _conference(plan: Plan, unit: str) -> conferences.Conference:
    return conferences.planned(
        plan.conference,
        plan.title,
        "city",
        "online",
        unit,
        Hotline("Trực ban thành phố", "024 3000 0800"),
        [
            conferences.Sitting(
                id=sitting.id,
                name=sitting.name,
                day=_time(sitting.starts_ms).astimezone(conferences.HANOI).date(),
                starts_at=_time(sitting.starts_ms),
                ends_at=_time(sitting.ends_ms),
                rehearsal=sitting.rehearsal,
                rounds=tuple(
                    conferences.Round(each.name.value, _time(each.opens_ms), _time(each.due_ms))
                    for each in sitting.rounds
                ),
            )
            for sitting in plan.sittings
        ],
    )


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@asynccontextmanager
async def _on_air(options: Options, story: Story) -> AsyncIterator[tuple[str, dict[str, Follower]]]:
    """A real broadcast beside the day, in real time, and the few rooms that really follow it; none for a day in a hurry."""
    if options.until_end:
        yield "", {}
        return
    origin = Origin(RealClock().now, await filmed(TARGET_S))
    async with on_air(origin) as address:
        streaming = sorted(point.code for point in story.plan.points if point.mode is Mode.STREAM)
        # In a day that runs faster, a moment without pictures would be an hour.
        chosen = streaming[:FOLLOWERS] if options.speed <= FOLLOWED_UP_TO_SPEED else []
        followed = {code: Follower(address) for code in chosen}
        following = [asyncio.create_task(follower.run()) for follower in followed.values()]
        try:
            yield address, followed
        finally:
            for each in following:
                each.cancel()
            if following:
                await asyncio.wait(following)


def _introduce(
    options: Options,
    house: House,
    story: Story,
    keys: Keys,
    nearby: Mapping[Seat, Login],
    wall: str,
    stream: str,
) -> None:
    """Where to look and how to get in."""
    codes = sorted(keys.links)
    if options.json:
        shown = codes if options.json_all else codes[:LINKS_SHOWN]
        first = {
            "url": house.address,
            "organiser": keys.staff[Hand.STAFF]._asdict(),
            "second_organiser": keys.staff[Hand.SECOND]._asdict(),
            "coordinator": keys.staff[Hand.COORDINATOR]._asdict(),
            "coordinators": [
                login._asdict() | {"unit": seat.unit, "unit_name": seat.unit_name} for seat, login in nearby.items()
            ],
            "inspector": keys.staff[Hand.INSPECTOR]._asdict(),
            "conference": story.plan.conference,
            "points": [{"code": code, "link": keys.links[code], "token": keys.tokens[code]} for code in shown],
            "wall": wall,
            "stream": stream or None,
        }
        _line(first)
        return
    console = Console()
    console.print(f"\n  Bảng theo dõi    [bold]{house.address}[/]")
    console.print(f"  Mật khẩu chung   [bold]{keys.staff[Hand.STAFF].password}[/]")
    for hand, who in WHO.items():
        console.print(f"  {'Đăng nhập' if hand is Hand.STAFF else '':<16} {keys.staff[hand].username:<20} {who}")
    for seat, login in nearby.items():
        console.print(f"  {'':<16} {login.username:<20} điều phối {seat.unit_name}")
    console.print(f"  Màn hình treo    {wall}", soft_wrap=True)
    named = {point.code: point.name for point in story.plan.points}
    console.print("  Mở bằng điện thoại (người phụ trách điểm cầu):")
    for code in codes[:3]:
        console.print(f"    {named[code]}: {keys.links[code]}", soft_wrap=True)
    if stream:
        stall, resume = (stream.replace("live.m3u8", word) for word in ("stall", "resume"))
        console.print(f"  Luồng phát thử    {stream}", soft_wrap=True)
        console.print(f"    cho đứng hình: curl -X POST {stall}   cho chạy tiếp: curl -X POST {resume}", soft_wrap=True)
    pace = "nhanh hết mức" if options.until_end else f"nhanh gấp {options.speed:g} lần"
    console.print(f"  {len(codes)} điểm cầu, ngày {rfc3339(story.starts_ms)[:10]}, {pace}. Ctrl-C để dừng.\n")


@contextmanager
def _reports_folder(options: Options) -> Iterator[Path]:
    """Beside the day's own folder, or one that stays when the day's is gone."""
    if options.data is None:
        yield Path(tempfile.mkdtemp(prefix="bridge-reports-"))
        return
    into = options.data / "reports"
    into.mkdir(exist_ok=True)
    yield into


async def _written(house: House, conference: str, into: Path) -> tuple[dict[int, Facts], dict[int, list[str]]]:
    """What is known of every signed version, and its files, byte for byte as they were kept, by its number."""
    signed: dict[int, Facts] = {}
    found: dict[int, list[str]] = {}
    for label in await house.archive.listed(conference, Kind.FIGURES, Kind.REPORT):
        if label.version is None:
            continue
        if label.kind is Kind.FIGURES:
            signed[label.version] = facts_of(label)
            continue
        kept = await house.archive.one(conference, label.kind, label.number, label.name)
        file = into / f"bao-cao-{conference}-phien-ban-{label.version}.{label.name}"
        if kept is not None:
            await asyncio.to_thread(file.write_bytes, kept.content)
            found.setdefault(label.version, []).append(str(file))
    return signed, found


def _versions(
    state: State | None, signed: Mapping[int, Facts], written: Mapping[int, list[str]]
) -> list[dict[str, Any]]:
    """What was signed, and what the one says otherwise than the other."""
    if state is None:
        return []
    told = []
    for version in state.affairs.closing.versions:
        changed = differences(state, version.number - 1, version.number)
        told.append(
            {
                "version": version.number,
                "position": version.position,
                "signed_at": rfc3339(version.signed_ms),
                "signed_by": version.signed_by,
                "people": {
                    name: getattr(signed[version.number], name)
                    for name in ("expected", "present", "excused", "unexcused")
                },
                "figures_sha256": version.figures_sha256,
                "files": version.files,
                "reports": written.get(version.number, []),
                "corrections": [
                    {
                        "point": each.point,
                        "name": state.points[each.point].planned.name,
                        "before": msgspec.to_builtins(each.before),
                        "after": msgspec.to_builtins(each.after),
                        "asked_by": each.asked_by,
                        "approved_by": each.approved_by,
                        "reason": each.reason,
                    }
                    for each in changed
                ],
            }
        )
    return told


def _conclude(
    options: Options,
    house: House,
    plan: Plan,
    played: Played,
    signed: Mapping[int, Facts],
    written: Mapping[int, list[str]],
) -> None:
    """The day's closing figures, by type and in all."""
    hall = house.halls.get(plan.conference)
    state = hall.coordinator.scene.state if hall else None
    key: RoundKey = (plan.sittings[-1].id, RoundName.CLOSING)
    by_type: dict[PointType, People] = defaultdict(lambda: NOBODY)
    points: dict[PointType, int] = defaultdict(int)
    for point in state.points.values() if state else ():
        by_type[point.planned.type] += standing(point, key)
        points[point.planned.type] += 1
    total = sum(by_type.values(), NOBODY)
    incidents = state.affairs.incidents.by_trouble() if state else Counter[Trouble]()
    if options.json:
        _line(
            {
                "totals": {"points": sum(points.values()), **msgspec.structs.asdict(total)},
                "by_type": {
                    kind.value: {"points": points[kind], **msgspec.structs.asdict(by_type[kind])}
                    for kind in TYPES
                    if kind in by_type
                },
                "versions": _versions(state, signed, written),
                "reports": [path for paths in written.values() for path in paths],
                "incidents": incidents.total(),
                "incidents_by_trouble": {trouble.value: number for trouble, number in incidents.most_common()},
                "acts": {
                    "accepted": played.answers.accepted,
                    "recognised": played.answers.duplicates,
                    "refused": len(played.answers.refused),
                },
            }
        )
        return
    table = Table(title="Số liệu cuối giờ")
    for heading in ("Loại điểm cầu", "Điểm", "Triệu tập", "Có mặt", "Có lý do", "Không lý do", "Chưa báo", "Tỷ lệ"):
        table.add_column(heading, justify="left" if heading.startswith("Loại") else "right")
    for kind, name in TYPES.items():
        if kind in by_type:
            table.add_row(name, *_cells(points[kind], by_type[kind]))
    table.add_section()
    table.add_row("Tổng", *_cells(sum(points.values()), total), style="bold")
    console = Console()
    console.print(table)
    console.print(f"  Sự cố trong ngày: {incidents.total()}")
    for version in _versions(state, signed, written):
        people = version["people"]
        figures = " / ".join(figure(people[name]) for name in ("present", "excused", "unexcused"))
        console.print(f"  Phiên bản {version['version']}, ký lúc {version['signed_at'][11:16]}: {figures}")
        for each in version["corrections"]:
            console.print(f"    đính chính: {each['name']} ({each['point']}), {each['reason']}")
        for path in version["reports"]:
            console.print(f"    {path}", soft_wrap=True)


def _cells(points: int, people: People) -> tuple[str, ...]:
    numbers = (points, people.expected, people.present, people.excused, people.unexcused, people.unreported)
    rate = f"{100 * people.present / people.expected:.1f}%".replace(".", ",") if people.expected else "–"
    return (*(figure(number) for number in numbers), rate)


@contextmanager
def _progress(clock: DrivenClock, story: Story, *, shown: bool) -> Iterator[None]:
    """A bar on a terminal: the hour of the hall."""
    if not (shown and sys.stdout.isatty()):
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, refresh_per_second=4) as bar:
        task = bar.add_task("06:30", total=story.ends_ms - story.starts_ms)

        async def follow() -> None:
            while True:
                bar.update(task, completed=clock.now() - story.starts_ms, description=rfc3339(clock.now())[11:16])
                await asyncio.sleep(0.25)

        following = asyncio.ensure_future(follow())
        try:
            yield
        finally:
            following.cancel()


def _line(content: Mapping[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
        sys.stdout.flush()
