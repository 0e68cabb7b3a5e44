"""What the day came to: its closing figures, the signed versions and their files."""

import asyncio
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from bridge.archive import Kind
from bridge.demo.lines import said
from bridge.demo.options import Options
from bridge.house import House
from bridge.rules.attendance import NOBODY, People, standing
from bridge.rules.closing import differences
from bridge.rules.model import Plan, PointType, RoundKey, RoundName
from bridge.rules.projection import State
from bridge.rules.spelling import figure
from bridge.rules.trouble import Trouble
from bridge.rules.wire import rfc3339
from bridge.simulator.playing import Played
from dashboards.reports.drafts import Facts, facts_of

TYPES = {
    PointType.CITY_HALL: "Hội trường thành phố",
    PointType.DISTRICT: "Quận, huyện, thị xã",
    PointType.DIRECT_UNIT: "Đảng ủy trực thuộc",
    PointType.COMMUNE: "Xã, phường, thị trấn",
    PointType.EXTRA_HALL: "Hội trường mở thêm",
}


def reports_folder(options: Options) -> Path:
    """Beside the day's own folder, or one that stays when the day's is gone."""
    if options.data is None:
        return Path(tempfile.mkdtemp(prefix="bridge-reports-"))
    into = options.data / "reports"
    into.mkdir(exist_ok=True)
    return into


async def written(house: House, conference: str, into: Path) -> tuple[dict[int, Facts], dict[int, list[str]]]:
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


def _versions(state: State | None, signed: Mapping[int, Facts], files: Mapping[int, list[str]]) -> list[dict[str, Any]]:
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
                "reports": files.get(version.number, []),
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


def conclude(
    options: Options,
    house: House,
    plan: Plan,
    played: Played,
    signed: Mapping[int, Facts],
    files: Mapping[int, list[str]],
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
        said(
            {
                "totals": {"points": sum(points.values()), **msgspec.structs.asdict(total)},
                "by_type": {
                    kind.value: {"points": points[kind], **msgspec.structs.asdict(by_type[kind])}
                    for kind in TYPES
                    if kind in by_type
                },
                "versions": _versions(state, signed, files),
                "reports": [path for paths in files.values() for path in paths],
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
    for version in _versions(state, signed, files):
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
