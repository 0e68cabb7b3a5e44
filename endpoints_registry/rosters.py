"""What a roster file would change: the people who are on it and the file's rows in, changes and faults out.

A row means somebody already on the roster by the id that the export wrote, else by the office's own code, else by
point, name and position. Whoever it means is changed, everybody else is new; nobody is taken off by a file.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from endpoints_registry.attendees import Attendee
from endpoints_registry.planning import Draft, Plan, read_tables
from endpoints_registry.rows import Fault, Row
from endpoints_registry.sheets import Sheet
from endpoints_registry.words import CATEGORIES

KIND = "roster"
PEOPLE = 200_000
"""On one roster: they are all held in memory."""
ROWS = 100_000
"""In one file."""

Line = Mapping[str, str | int | None]
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """Where a row finds whom it means."""

    people: Mapping[str, Attendee]
    by_code: Mapping[str, Attendee]
    by_place: Mapping[Place, Sequence[Attendee]]


def plan(
    people: Mapping[str, Attendee],
    points: Collection[str],
    sheets: Iterable[Sheet],
    fresh: Callable[[], str],
    most: int = PEOPLE,
) -> Plan:
    """Compare a file with the roster. `points` take part in the conference; `fresh` draws a new person's id."""
    draft = Draft()
    rows = read_tables(sheets, (KIND,), draft).get(KIND, ())
    known = _known(people)
    meant: dict[str, Row] = {}
    codes: dict[str, Row] = {}
    added: dict[tuple[str, str, str], Row] = {}
    taken = set(people)
    for row in rows:
        if not row.sound:
            continue
        before = _meant(row, known)
        if isinstance(before, Fault):
            draft.faults.append(before)
            continue
        after = _attendee(row, before)
        if fault := _wrong(row, before, after, points, known, codes):
            draft.faults.append(fault)
            continue
        key = after.point, after.name.casefold(), after.position.casefold()
        earlier = meant.get(before.person) if before else None if after.own_code else added.get(key)
        if earlier is not None:
            draft.faults.append(
                row.fault(
                    "name", f"Trùng với dòng {earlier.number}; nếu là hai người, hãy ghi mã riêng cho từng người."
                )
            )
            continue
        if after.own_code:
            codes[after.own_code] = row
        if before is None:
            after = replace(after, person=_drawn(fresh, taken))
            if not after.own_code:
                added[key] = row
        else:
            meant[before.person] = row
        draft.compare(KIND, after.person, before, after)
    if len(taken) > most:
        draft.faults.append(Fault("", 1, "", f"Danh sách sẽ có {len(taken)} người; tối đa {most} mỗi hội nghị."))
    return draft.finished()


def _known(people: Mapping[str, Attendee]) -> _Known:
    by_place: defaultdict[Place, list[Attendee]] = defaultdict(list)
    for attendee in people.values():
        by_place[attendee.point, attendee.name.casefold()].append(attendee)
    return _Known(people, {a.own_code: a for a in people.values() if a.own_code}, by_place)


def _meant(row: Row, known: _Known) -> Attendee | Fault | None:
    """Whom the row means: somebody on the roster, or (None) somebody new."""
    if person := row.text("person"):
        return known.people.get(person) or row.fault(
            "person", f"Không có đại biểu mã {person} trong hội nghị này; hãy để trống ô này khi thêm người mới."
        )
    own_code = row.text("own_code")
    if own_code and (held := known.by_code.get(own_code)):
        return held
    here = known.by_place.get((row.text("point"), row.text("name").casefold()), ())
    if row.has("position"):
        here = [each for each in here if each.position.casefold() == row.text("position").casefold()]
    # Two codes are two people, however they are called; without one, whoever has none is meant first.
    without = [each for each in here if not each.own_code]
    here = without if own_code else without or here
    if len(here) > 1:
        return row.fault("name", "Có nhiều người cùng tên tại điểm cầu này; hãy ghi mã đại biểu hoặc mã riêng.")
    return here[0] if here else None


def _attendee(row: Row, before: Attendee | None) -> Attendee:
    """The person as the row says; what the file has no column for stays as it was."""
    was = before or Attendee("", row.text("point"), row.text("name"))

    def text(key: str, old: str) -> str:
        return row.text(key) if row.has(key) else old

    return Attendee(
        person=was.person,
        point=row.text("point"),
        name=row.text("name"),
        position=text("position", was.position),
        category=text("category", was.category) or "other",
        unit=text("unit", was.unit),
        own_code=text("own_code", was.own_code),
    )


def _wrong(
    row: Row, before: Attendee | None, after: Attendee, points: Collection[str], known: _Known, codes: Mapping[str, Row]
) -> Fault | None:
    if after.point not in points:
        return row.fault("point", f"Điểm cầu {after.point} không được chọn cho hội nghị này.")
    if after.own_code:
        if earlier := codes.get(after.own_code):
            return row.fault("own_code", f"Mã riêng «{after.own_code}» đã có ở dòng {earlier.number}.")
        holder = known.by_code.get(after.own_code)
        if holder is not None and (before is None or holder.person != before.person):
            return row.fault("own_code", f"Mã riêng «{after.own_code}» đã thuộc người khác trong danh sách.")
    return None


def _drawn(fresh: Callable[[], str], taken: set[str]) -> str:
    """An id that nobody has."""
    while (person := fresh()) in taken:
        pass
    taken.add(person)
    return person


def lines(people: Iterable[Attendee]) -> tuple[Line, ...]:
    """The rows of an export by column key, in Vietnamese words, in the order given."""
    return tuple(
        {
            "person": each.person,
            "point": each.point,
            "name": each.name,
            "position": each.position,
            "category": CATEGORIES.get(each.category, each.category),
            "unit": each.unit,
            "own_code": each.own_code,
        }
        for each in people
    )
