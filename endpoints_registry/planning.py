"""What a file would change: existing values and rows in, changes and faults out. Nothing is touched here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta

from endpoints_registry import vietnamese
from endpoints_registry.attendees import Attendee
from endpoints_registry.columns import KINDS, nearest
from endpoints_registry.points import Contact, Point, point_code, split_code, usual_mode, usual_type
from endpoints_registry.rows import Fault, Row, read_rows, unreadable
from endpoints_registry.sheets import Sheet
from endpoints_registry.units import ALWAYS, Successor, Unit, circle
from endpoints_registry.words import ROLES

FAULTS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class ExpectedHere:
    """How many are summoned to a point for a sitting; `mode` only where it differs from the point's own."""

    conference: str
    sitting: str
    point: str
    people: int | None = None
    mode: str | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        return self.conference, self.sitting, self.point


Entry = Unit | Successor | Point | ExpectedHere | Attendee


@dataclass(frozen=True, slots=True)
class Change:
    """One thing as it was (None when new) and as it will be."""

    kind: str
    key: str
    before: Entry | None
    after: Entry

    @property
    def altered(self) -> Mapping[str, tuple[object, object]]:
        """Which fields change, with before and after; empty for what is new."""
        if self.before is None:
            return {}
        pairs = {f.name: (getattr(self.before, f.name), getattr(self.after, f.name)) for f in fields(self.after)}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True)
class Existing:
    """What the registry holds. Points are those whose unit stands on `day`, the day that codes in files resolve on."""

    day: date
    units: Sequence[Unit] = ()
    successors: frozenset[Successor] = frozenset()
    points: Mapping[str, Point] = field(default_factory=dict)
    sittings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Each conference's sittings."""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Each conference's points."""
    expected: Mapping[tuple[str, str, str], ExpectedHere] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen. With any fault nothing does."""

    changes: tuple[Change, ...]
    unchanged: Mapping[str, int]
    faults: tuple[Fault, ...]
    faults_left_out: int = 0

    def count(self, kind: str, *, new: bool) -> int:
        return sum(change.kind == kind and (change.before is None) is new for change in self.changes)


class Draft:
    """The plan while it grows."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.unchanged: defaultdict[str, int] = defaultdict(int)
        self.faults: list[Fault] = []

    def compare(self, kind: str, key: str, before: Entry | None, after: Entry) -> None:
        if before == after:
            self.unchanged[kind] += 1
        else:
            self.changes.append(Change(kind, key, before, after))

    def finished(self) -> Plan:
        faults = sorted(self.faults, key=lambda fault: (fault.sheet, fault.row))
        shown, left_out = tuple(faults[:FAULTS_SHOWN]), max(0, len(faults) - FAULTS_SHOWN)
        return Plan(tuple(self.changes), dict(self.unchanged), shown, left_out)


def plan(existing: Existing, sheets: Iterable[Sheet]) -> Plan:
    """Compare a file with the registry. Its sheets are one whole: points may belong to units of another sheet."""
    draft = Draft()
    tables = read_tables(sheets, KINDS.keys(), draft)
    units = _plan_units(existing, tables["units"], draft)
    units = _plan_successors(existing, units, tables["successors"], draft)
    mentioned = {row.text("code") for row in tables["units"]}
    points = _plan_points(existing, units, mentioned, tables["points"], draft)
    _plan_expected(existing, points, tables["expected"], draft)
    return draft.finished()


def read_tables(sheets: Iterable[Sheet], among: Collection[str], draft: Draft) -> defaultdict[str, list[Row]]:
    """A file's rows by kind of table, of the kinds that may stand in it."""
    tables: defaultdict[str, list[Row]] = defaultdict(list)
    read = 0
    for sheet in sheets:
        # The instructions that our own template carries.
        if vietnamese.fold(sheet.title).startswith("huong dan"):
            continue
        read += 1
        kind, fault = nearest(sheet.header, among), unreadable(sheet, among)
        if kind is None or fault is not None:
            draft.faults += [fault] if fault else []
            continue
        rows, faults = read_rows(kind, sheet)
        tables[kind] += rows
        draft.faults += faults
    if not read:
        draft.faults.append(Fault("", 1, "", "Tệp không có bảng nào; hãy tải tệp mẫu và điền vào."))
    return tables


class _Versions:
    """Units by code and first day, while a plan changes them."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.of: defaultdict[str, dict[date, Unit]] = defaultdict(dict)
        for unit in units:
            self.put(unit)

    def put(self, unit: Unit) -> None:
        self.of[unit.code][unit.valid_from] = unit

    def on(self, code: str, day: date) -> Unit | None:
        return next((unit for unit in self.of.get(code, {}).values() if unit.stands_on(day)), None)

    def latest(self, code: str) -> Unit | None:
        versions = self.of.get(code)
        return versions[max(versions)] if versions else None

    def all(self) -> Iterator[Unit]:
        for versions in self.of.values():
            yield from versions.values()


def _plan_units(existing: Existing, rows: Sequence[Row], draft: Draft) -> _Versions:
    before, after = _Versions(existing.units), _Versions(existing.units)
    first: dict[tuple[str, date], Row] = {}
    placed: list[tuple[Row, Unit]] = []
    for row in rows:
        if not row.sound:
            continue
        unit, fault = _unit_of(row, after)
        if fault is None and (earlier := first.get((unit.code, unit.valid_from))):
            fault = row.fault("code", f"Mã {unit.code} đã có ở dòng {earlier.number}.")
        if fault is None:
            fault = _make_room(row, unit, after)
        if fault is not None:
            draft.faults.append(fault)
            continue
        first[unit.code, unit.valid_from] = row
        after.put(unit)
        placed.append((row, unit))
    mentioned = {row.text("code") for row in rows}
    for row, unit in placed:
        draft.faults += _misplaced(row, unit, after, mentioned)
    for unit in after.all():
        was = before.of.get(unit.code, {}).get(unit.valid_from)
        if was != unit or (unit.code, unit.valid_from) in first:
            draft.compare("units", unit.code, was, unit)
    return after


def _unit_of(row: Row, units: _Versions) -> tuple[Unit, Fault | None]:
    """The version of the unit that this row speaks of."""
    code, parent = row.text("code"), row.text("parent_code") or None
    since = row.day("valid_from")
    if since is None:
        known = units.latest(code)
    else:
        # The same unit, as it already stands on that day, did not begin anew.
        known = units.of.get(code, {}).get(since) or units.on(code, since)
        if (
            known
            and known.valid_from != since
            and (known.name, known.level, known.parent_code)
            != (
                row.text("name"),
                row.text("level"),
                parent if row.has("parent_code") else known.parent_code,
            )
        ):
            known = None
    unit = Unit(
        code=code,
        name=row.text("name"),
        level=row.text("level"),
        parent_code=parent if row.has("parent_code") or known is None else known.parent_code,
        valid_from=known.valid_from if known else since or ALWAYS,
        valid_to=row.day("valid_to") if row.has("valid_to") or known is None else known.valid_to,
    )
    if code.upper().startswith("C-"):
        return unit, row.fault("code", f"«{code}» là dạng mã của cụm; hãy dùng mã đơn vị khác.")
    if unit.valid_to is not None and unit.valid_to < unit.valid_from:
        return unit, row.fault(
            "valid_to", f"Ngày kết thúc {_vn(unit.valid_to)} trước ngày bắt đầu {_vn(unit.valid_from)}."
        )
    return unit, None


def _make_room(row: Row, unit: Unit, units: _Versions) -> Fault | None:
    """End the version that stood before the new one begins; two of one code never stand on the same day."""
    for other in tuple(units.of.get(unit.code, {}).values()):
        if other.valid_from == unit.valid_from or not other.overlaps(unit):
            continue
        if other.valid_from > unit.valid_from:
            return row.fault(
                "valid_to",
                f"Mã {unit.code} đã có «{other.name}» từ {_vn(other.valid_from)}; hãy ghi ngày kết thúc trước ngày đó.",
            )
        units.put(replace(other, valid_to=unit.valid_from - timedelta(days=1)))
    return None


def _misplaced(row: Row, unit: Unit, units: _Versions, mentioned: set[str]) -> Iterator[Fault]:
    parent = unit.parent_code
    if parent is None:
        return
    above = [other for other in units.of.get(parent, {}).values() if other.overlaps(unit)]
    if not above:
        # A parent whose own row is at fault is not this row's fault.
        if parent not in mentioned or units.of.get(parent):
            yield row.fault(
                "parent_code",
                f"Không có đơn vị cấp trên mã {parent} trong thời gian này, cả trong tệp lẫn trong danh bạ."
                if units.of.get(parent)
                else f"Không có đơn vị cấp trên mã {parent}, cả trong tệp lẫn trong danh bạ.",
            )
        return
    day = max(unit.valid_from, above[-1].valid_from)
    # Only the way up from here is needed: a lookup, not a copy of the whole tree.
    parents: dict[str, str | None] = {}
    at: str | None = unit.code
    while at is not None and at not in parents:
        here = units.on(at, day)
        parents[at] = here.parent_code if here else None
        at = parents[at]
    if around := circle(unit.code, parents):
        yield row.fault("parent_code", f"Các đơn vị là cấp trên của nhau theo vòng: {' → '.join(around)}.")


def _plan_successors(existing: Existing, units: _Versions, rows: Sequence[Row], draft: Draft) -> _Versions:
    first: dict[Successor, Row] = {}
    for row in rows:
        on_day = row.day("on_day")
        if not row.sound or on_day is None:
            continue
        step = Successor(row.text("code"), row.text("successor_code"), on_day)
        if step in first:
            draft.faults.append(row.fault("code", f"Trùng với dòng {first[step].number}."))
            continue
        first[step] = row
        if step.code not in units.of:
            draft.faults.append(row.fault("code", f"Không có đơn vị mã {step.code}."))
        if units.on(step.successor_code, on_day) is None:
            draft.faults.append(
                row.fault("successor_code", f"Không có đơn vị mã {step.successor_code} vào ngày {_vn(on_day)}.")
            )
        if step.code == step.successor_code and len(units.of.get(step.code, {})) < 2:
            draft.faults.append(row.fault("successor_code", "Đơn vị không thể kế tiếp chính mình."))
        draft.compare("successors", step.code, step if step in existing.successors else None, step)
        # Whoever has successors ends the day before, unless the same code goes on as one of them.
        old = units.on(step.code, on_day)
        goes_on = any(s.code == s.successor_code == step.code for s in (*first, *existing.successors))
        if old is not None and old.valid_from < on_day and not goes_on and step.code != step.successor_code:
            ended = replace(old, valid_to=on_day - timedelta(days=1))
            units.put(ended)
            draft.compare("units", old.code, old, ended)
    return units


def _plan_points(
    existing: Existing, units: _Versions, mentioned: set[str], rows: Sequence[Row], draft: Draft
) -> Mapping[str, Point]:
    points = dict(existing.points)
    named = {(point.unit_code, vietnamese.fold(point.name)): point.code for point in existing.points.values()}
    highest: defaultdict[str, int] = defaultdict(int)
    for code in (*points, *(row.text("code") for row in rows)):
        if parts := split_code(code):
            highest[parts[0]] = max(highest[parts[0]], parts[1])
    first: dict[str, Row] = {}
    for row in rows:
        if not row.sound:
            continue
        unit_code, code = row.text("unit_code"), row.text("code")
        if not code and not unit_code:
            draft.faults.append(row.fault("code", "Cần mã điểm cầu, hoặc mã đơn vị để đặt mã mới."))
            continue
        if not code:
            # Sent again without codes, a file must find the points that it made the first time.
            code = named.get((unit_code, vietnamese.fold(row.text("name"))), "")
        if not code:
            highest[unit_code] += 1
            code = point_code(unit_code, highest[unit_code])
            named[unit_code, vietnamese.fold(row.text("name"))] = code
        parts = split_code(code)
        if parts is None:
            draft.faults.append(
                row.fault("code", f"«{code}» không phải mã điểm cầu; mã là <mã đơn vị>-<số>, ví dụ 00004-01.")
            )
            continue
        if unit_code and unit_code != parts[0]:
            draft.faults.append(row.fault("unit_code", f"Mã đơn vị {unit_code} không khớp mã điểm cầu {code}."))
            continue
        if code in first:
            draft.faults.append(row.fault("code", f"Điểm cầu {code} đã có ở dòng {first[code].number}."))
            continue
        first[code] = row
        unit = units.on(parts[0], existing.day)
        if unit is None:
            if parts[0] not in mentioned or parts[0] in units.of:
                column = "unit_code" if unit_code else "code"
                draft.faults.append(row.fault(column, f"Không có đơn vị mã {parts[0]} vào ngày {_vn(existing.day)}."))
            continue
        before = existing.points.get(code)
        points[code] = _point_of(row, code, unit, parts[1], before)
        draft.compare("points", code, before, points[code])
    return points


def _point_of(row: Row, code: str, unit: Unit, number: int, before: Point | None) -> Point:
    """The point as the row says; what the file has no column for stays as it was."""
    blank = Point(code, row.text("name"), unit.code, usual_type(unit, number), "")
    was = before or blank

    def text(key: str, old: str) -> str:
        return row.text(key) if row.has(key) else old

    kind = text("type", was.type) or blank.type
    held = {contact.role: contact for contact in was.contacts}
    people = []
    for role in sorted(ROLES):
        old = held.get(role, Contact(role, "", ""))
        contact = Contact(role, text(f"{role}_name", old.name), text(f"{role}_phone", old.phone))
        if contact.name or contact.phone:
            people.append(contact)
    return Point(
        code=code,
        name=row.text("name"),
        unit_code=unit.code,
        type=kind,
        mode=text("reception_mode", was.mode) or usual_mode(kind),
        address=text("hall_address", was.address),
        seats=row.whole("seats") if row.has("seats") else was.seats,
        area=text("area", was.area),
        provider=text("provider", was.provider),
        feeder=text("feeder", was.feeder),
        contacts=tuple(people),
    )


def _plan_expected(existing: Existing, points: Mapping[str, Point], rows: Sequence[Row], draft: Draft) -> None:
    first: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        if not row.sound:
            continue
        conference, sitting, point = row.text("conference"), row.text("sitting"), row.text("point")
        place = conference, sitting, point
        if conference not in existing.sittings:
            draft.faults.append(row.fault("conference", f"Không có hội nghị mã «{conference[:64]}»."))
            continue
        if sitting not in existing.sittings[conference]:
            known = "; ".join(sorted(existing.sittings[conference]))
            draft.faults.append(row.fault("sitting", f"Hội nghị không có buổi «{sitting}»; các buổi là {known}."))
        if point not in existing.chosen.get(conference, frozenset()):
            draft.faults.append(
                row.fault(
                    "point",
                    f"Điểm cầu {point} không được chọn cho hội nghị này."
                    if point in points
                    else f"Điểm cầu {point} không có trong danh bạ.",
                )
            )
        if place in first:
            draft.faults.append(row.fault("point", f"Trùng với dòng {first[place].number}."))
            continue
        first[place] = row
        before = existing.expected.get(place)
        people = row.whole("expected") if row.has("expected") else before.people if before else None
        mode = row.text("reception_mode") if row.has("reception_mode") else before.mode if before else None
        draft.compare("expected", f"{sitting} {point}", before, ExpectedHere(*place, people, mode or None))


def _vn(day: date) -> str:
    return f"{day:%d/%m/%Y}"
