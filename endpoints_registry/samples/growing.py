"""From a city's official units to its bridge points: halls, lines, power feeders and people, all invented.

The same registry always grows the same points, whatever the machine: every choice is drawn from the unit's own code.
`python -m endpoints_registry.samples.growing` writes the two files of the demo day again.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Literal

SAMPLES = Path(__file__).parent
DEMO = "hanoi-2023"
REGISTRIES = (DEMO, "hanoi-2025", "vietnam-2023", "vietnam-2025")

PointType = Literal["city_hall", "district", "direct_unit", "commune", "extra_hall"]

TYPE_OF_LEVEL: dict[str, PointType] = {
    "city": "city_hall",
    "province": "city_hall",
    "district": "district",
    "direct_unit": "direct_unit",
    "commune": "commune",
    "ward": "commune",
    "township": "commune",
    "special_zone": "commune",
}

DIRECT_UNITS = (
    "Đảng ủy Khối các cơ quan thành phố",
    "Đảng ủy Khối Doanh nghiệp",
    "Đảng ủy Khối các trường đại học, cao đẳng",
    "Đảng ủy Khối Du lịch",
    "Đảng ủy Khối Y tế",
    "Đảng ủy Khối Giao thông vận tải",
    "Đảng ủy Công an thành phố",
    "Đảng ủy Quân sự thành phố",
    "Đảng ủy Ủy ban nhân dân thành phố",
    "Đảng ủy Hội đồng nhân dân thành phố",
    "Đảng ủy Tòa án nhân dân thành phố",
    "Đảng ủy Viện kiểm sát nhân dân thành phố",
    "Đảng ủy Tổng công ty Điện lực thành phố",
    "Đảng ủy Tổng công ty Vận tải thành phố",
    "Đảng ủy Tổng công ty Thương mại thành phố",
    "Đảng ủy Tổng công ty Đầu tư phát triển nhà",
    "Đảng ủy Công ty Nước sạch thành phố",
    "Đảng ủy Công ty Môi trường đô thị",
    "Đảng ủy Công ty Công viên cây xanh",
    "Đảng ủy Ban Quản lý các khu công nghiệp",
)

# How many people a hall of each kind usually summons: the averages of the demo day's table.
CROWD: dict[PointType, int] = {"city_hall": 320, "district": 135, "direct_unit": 130, "commune": 70, "extra_hall": 57}

PROVIDERS = ("VNPT", "VNPT", "VNPT", "Viettel", "Viettel", "Viettel", "FPT", "MobiFone")
FAMILY_NAMES = (
    *("Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi"),
    *("Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Phùng", "Chu", "Đinh", "Đoàn", "Tạ", "Kiều", "Khuất"),
)
MEN = (
    *("Văn Hùng", "Văn Dũng", "Đức Thắng", "Quang Minh", "Hữu Phước", "Xuân Trường", "Mạnh Cường", "Ngọc Sơn"),
    *("Trọng Nghĩa", "Tiến Đạt", "Công Thành", "Anh Tuấn", "Minh Hải", "Đình Khôi", "Bá Lộc", "Thanh Tùng"),
)
WOMEN = (
    *("Thị Lan", "Thị Hồng", "Thu Hà", "Thị Mai", "Bích Ngọc", "Thanh Hương", "Thị Hạnh", "Kim Oanh"),
    *("Phương Thảo", "Thị Yến", "Minh Nguyệt", "Thúy Nga", "Thị Vân", "Hải Yến", "Thị Liên", "Diệu Linh"),
)

# What the demo day tells of certain halls must hold in the registry too.
TAN_LINH = "09694-01"
SEATS = {
    "01-01": 400,
    TAN_LINH: 80,
    "00403-01": 100,
    "D02-01": 180,
    "D15-01": 160,
    "282-01": 160,
    "00199-01": 80,
}
PEOPLE = {TAN_LINH: {"operator": "Nguyễn Văn Hùng", "technician": "Phùng Thị Lan"}}
ON_TELEVISION = {"10315-01", "10360-01"}
DEMO_EXTRA_HALLS = 136
DARK_AREA, DARK_FEEDER, DARK_POINTS = "Ba Vì", "371", 14


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the units' file."""

    code: str
    name: str
    level: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class Point:
    """One row of the points' file; the fields are its columns, in order."""

    code: str
    name: str
    unit_code: str
    type: PointType
    hall_address: str
    seats: int
    reception_mode: str
    area: str
    provider: str
    feeder: str
    chair_name: str
    chair_phone: str
    operator_name: str
    operator_phone: str
    technician_name: str
    technician_phone: str
    secretary_name: str
    secretary_phone: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A registry ready to import: the whole tree of units, and the points that take part."""

    registry: str
    units: tuple[Unit, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Hall:
    """A hall before it has an address, a line and people."""

    unit: Unit
    number: int

    @property
    def code(self) -> str:
        return f"{self.unit.code}-{self.number:02d}"

    @property
    def type(self) -> PointType:
        return TYPE_OF_LEVEL[self.unit.level] if self.number == 1 else "extra_hall"


def grown(registry: str = DEMO, points: int | None = None) -> Sample:
    """The units of a registry and its points: as many as asked, else 766 for the demo day and one per unit elsewhere."""
    if points is not None and points < 1:
        raise ValueError(f"số điểm cầu {points}: cần ít nhất 1")
    units = (*official(registry), *_direct_units(registry))
    halls = [_Hall(unit, 1) for unit in units]
    wanted = points if points is not None else len(halls) + (DEMO_EXTRA_HALLS if registry == DEMO else 0)
    if wanted > len(halls):
        halls += islice(_extra_halls(units), wanted - len(halls))
    elif wanted < len(halls):
        halls = _spread(halls, wanted)
    order = {unit.code: rank for rank, unit in enumerate(units)}
    halls.sort(key=lambda hall: (order[hall.unit.code], hall.number))
    return Sample(registry, units, tuple(_furnished(units, halls)))


def official(registry: str) -> tuple[Unit, ...]:
    """The units as the statistics office lists them."""
    if registry not in REGISTRIES:
        raise ValueError(f"không có danh mục {registry!r}; hãy chọn một trong: {', '.join(REGISTRIES)}")
    with (SAMPLES / f"{registry}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(Unit(row["code"], row["name"], row["level"], row["parent_code"]) for row in csv.DictReader(file))


def _direct_units(registry: str) -> Iterator[Unit]:
    """The party committees directly under a city; letters keep their codes apart from all official ones."""
    if registry.startswith("hanoi"):
        for number, name in enumerate(DIRECT_UNITS, start=1):
            yield Unit(f"D{number:02d}", name, "direct_unit", "01")


def _extra_halls(units: Sequence[Unit]) -> Iterator[_Hall]:
    """Second halls, then third ones, ...: each round gives every district one more, the most numerous districts first.

    Within a district the units with the biggest crowds come first. 136 halls in 30 districts are thus five in the 16
    districts with most units and four in the others.
    """
    children: dict[str, list[Unit]] = {}
    for unit in units:
        if TYPE_OF_LEVEL[unit.level] == "commune":
            children.setdefault(unit.parent_code, []).append(unit)
    names = {unit.code: short(unit.name) for unit in units}
    for group in children.values():
        group.sort(key=lambda unit: (-_crowd(unit.code, "commune"), unit.code))
    districts = sorted(children, key=lambda code: (-len(children[code]), names[code]))
    number = 2
    while True:
        for rank in range(max(map(len, children.values()))):
            for district in districts:
                if rank < len(children[district]):
                    yield _Hall(children[district][rank], number)
        number += 1


def _spread(halls: Iterable[_Hall], wanted: int) -> list[_Hall]:
    """Fewer points than units: the cities first, then a few of every branch rather than all of the first ones."""
    seen: Counter[str] = Counter()
    ranked = []
    for hall in halls:
        seen[hall.unit.parent_code] += 1
        ranked.append(((hall.type != "city_hall", seen[hall.unit.parent_code], hall.code), hall))
    ranked.sort(key=lambda item: item[0])
    return [hall for _, hall in ranked[:wanted]]


def _furnished(units: Sequence[Unit], halls: Sequence[_Hall]) -> Iterator[Point]:
    """Each hall with its address, line, feeder and people."""
    by_code = {unit.code: unit for unit in units}
    areas = _areas(units)
    dark = {hall.code for hall in _dark(halls, areas)}
    slots = _phone_slots(halls)
    for hall in halls:
        unit, code = hall.unit, hall.code
        die = _die("hall", code)
        area = areas[unit.code]
        crowd = _crowd(code, hall.type)
        people = PEOPLE.get(code, {})
        first = 4 * slots[code]
        yield Point(
            code=code,
            name=unit.name if hall.number == 1 else f"{unit.name} - Hội trường {hall.number}",
            unit_code=unit.code,
            type=hall.type,
            hall_address=_address(hall, by_code),
            seats=SEATS.get(code, -(-(crowd * 23 // 20 + 8) // 10) * 10),
            reception_mode=_mode(hall),
            area=area,
            provider=die.choice(PROVIDERS),
            feeder=DARK_FEEDER if code in dark else _feeder(area, die),
            chair_name=people.get("chair") or _person(die),
            chair_phone=_phone(first),
            operator_name=people.get("operator") or _person(die),
            operator_phone=_phone(first + 1),
            technician_name=people.get("technician") or _person(die),
            technician_phone=_phone(first + 2),
            secretary_name=people.get("secretary") or _person(die),
            secretary_phone=_phone(first + 3),
        )


def _areas(units: Sequence[Unit]) -> dict[str, str]:
    """Where a unit lies, for grouping faults: its district; where there are none, a run of ten neighbours."""
    by_code = {unit.code: unit for unit in units}
    districts = [unit for unit in units if unit.level == "district"]
    areas: dict[str, str] = {}
    neighbours: Counter[str] = Counter()
    for unit in units:
        kind, parent = TYPE_OF_LEVEL[unit.level], by_code.get(unit.parent_code)
        if kind == "district":
            areas[unit.code] = short(unit.name)
        elif kind == "commune" and parent is not None and parent.level == "district":
            areas[unit.code] = short(parent.name)
        elif kind == "commune":
            areas[unit.code] = (
                f"Khu vực {short(parent.name) if parent else ''} {neighbours[unit.parent_code] // 10 + 1}"
            )
            neighbours[unit.parent_code] += 1
        elif kind == "direct_unit" and districts:
            areas[unit.code] = short(_die("seat", unit.code).choice(districts[:9]).name)
        else:
            areas[unit.code] = short(districts[1].name) if unit.code == "01" and districts else short(unit.name)
    return areas


def _dark(halls: Sequence[_Hall], areas: dict[str, str]) -> list[_Hall]:
    """The halls on the feeder that the demo day cuts: the southern end of its area, by official order."""
    there = [
        hall for hall in halls if areas[hall.unit.code] == DARK_AREA and TYPE_OF_LEVEL[hall.unit.level] == "commune"
    ]
    return there[-DARK_POINTS:]


def _feeder(area: str, die: random.Random) -> str:
    if area == DARK_AREA:
        return die.choice(("373", "375"))
    return f"{die.choice((471, 473, 475))}-E1.{_die('substation', area).randrange(1, 60):02d}"


def _address(hall: _Hall, by_code: dict[str, Unit]) -> str:
    unit = hall.unit
    parent = by_code.get(unit.parent_code)
    own = unit.name[0].lower() + unit.name[1:]
    within = f", {parent.name[0].lower()}{parent.name[1:]}" if parent else ""
    match hall.type:
        case "city_hall":
            return f"Hội trường Thành ủy, {own}" if unit.level == "city" else f"Hội trường Tỉnh ủy, {own}"
        case "district":
            party = {"Quận": "Quận ủy", "Huyện": "Huyện ủy", "Thị": "Thị ủy", "Thành": "Thành ủy"}[unit.name.split()[0]]
            return f"Hội trường {party} {short(unit.name)}"
        case "direct_unit":
            return f"Trụ sở {unit.name}"
        case "commune":
            return f"Hội trường UBND {own}{within}"
        case "extra_hall":
            return f"Nhà văn hóa số {hall.number}, {own}{within}"


def _mode(hall: _Hall) -> str:
    if hall.unit.parent_code == "" and hall.number == 1:
        return "main_hall"
    if hall.code in ON_TELEVISION:
        return "tv"
    return "stream" if hall.type == "extra_hall" else "two_way"


def _crowd(code: str, kind: PointType) -> int:
    return round(CROWD[kind] * (0.72 + 0.56 * _die("crowd", code).random()))


def _person(die: random.Random) -> str:
    return f"{die.choice(FAMILY_NAMES)} {die.choice(MEN if die.random() < 0.6 else WOMEN)}"


def _phone_slots(halls: Sequence[_Hall]) -> dict[str, int]:
    """Four numbers per hall, by place in the list; the pictured hall keeps the numbers of its picture."""
    slots = {hall.code: place for place, hall in enumerate(halls)}
    pictured = 35
    if TAN_LINH in slots and len(halls) > pictured:
        other = halls[pictured].code
        slots[TAN_LINH], slots[other] = pictured, slots[TAN_LINH]
    return slots


def _phone(number: int) -> str:
    # 0900 was never given to anyone: a demo must not ring a stranger.
    return f"0900 {number // 1000:03d} {number % 1000:03d}"


def _die(*what: str) -> random.Random:
    return random.Random(":".join(what))  # noqa: S311 - a play's choices, not a secret


def short(name: str) -> str:
    """A unit's name without its kind: Huyện Ba Vì -> Ba Vì."""
    for kind in ("Thành phố ", "Thị xã ", "Thị trấn ", "Đặc khu ", "Quận ", "Huyện ", "Phường ", "Tỉnh ", "Xã "):
        if name.startswith(kind):
            rest = name.removeprefix(kind)
            return name if rest[:1].isdigit() else rest
    return name


def units_csv(sample: Sample) -> str:
    return _csv(Unit, sample.units)


def points_csv(sample: Sample) -> str:
    return _csv(Point, sample.points)


def _csv(shape: type[Unit] | type[Point], rows: Iterable[Unit | Point]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(shape))
    writer.writerows(astuple(row) for row in rows)
    return text.getvalue()


def written(folder: Path = SAMPLES) -> tuple[Path, Path]:
    """Writes the demo day's units and points; the mark at the start lets Excel read the letters."""
    sample = grown(DEMO)
    units, points = folder / f"{DEMO}-units.csv", folder / f"{DEMO}-points.csv"
    units.write_text(units_csv(sample), encoding="utf-8-sig")
    points.write_text(points_csv(sample), encoding="utf-8-sig")
    return units, points


if __name__ == "__main__":
    written()
