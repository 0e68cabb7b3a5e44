"""What the staff say beside the halls: second figures, draws for spot checks, settled differences, praise and criticism."""

from collections.abc import Mapping, Sequence

from bridge.rules import events
from bridge.rules.events import AnyEvent
from bridge.rules.finding import hall_of, planned_round, sitting_of
from bridge.rules.model import Phase, Plan, Point, RoundKey
from bridge.rules.projection import Draft
from bridge.rules.refused import Refused
from bridge.rules.sources import (
    DRAWN_LIMIT,
    DRAWS_LIMIT,
    PHOTOS_OF_A_SITTING,
    differences,
    lot,
    pool,
    pool_sha256,
)
from bridge.rules.witness import Roll, Seen, Source, Stands

Decided = Sequence[tuple[AnyEvent, int]]


def give(
    draft: Draft, code: str, key: RoundKey, source: Source, seen: Seen, now_ms: int, *, note: str = "", at_ms: int = 0
) -> Decided:
    """A second figure of a hall's round. In every phase but the first: after the close too, it is evidence and moves nothing."""
    point, plan = _hall(draft, code)
    planned_round(plan, key)
    before = draft.affairs.sources.given.get((point.code, key, source))
    if before is not None and (before.seen, before.note) == (seen, note):
        return ()
    event = events.SourceGiven(point=code, sitting=key[0], round=key[1], source=source, seen=seen, note=note)
    return ((event, at_ms or now_ms),)


def draw(draft: Draft, sitting: str, unit: str, number: int, seed: str, now_ms: int) -> Decided:
    """Draw halls for spot checks. `seed` comes from outside, by chance, and stands in the journal from then on."""
    plan = _planned(draft)
    sitting_of(plan, sitting)
    sources = draft.affairs.sources
    if len(sources.draws) >= DRAWS_LIMIT:
        raise Refused(f"Hội nghị đã rút thăm {DRAWS_LIMIT} lần, là mức tối đa.", code="too_many")
    candidates = pool(draft.points, paths(plan), sitting, unit)
    if not candidates:
        raise Refused("Đơn vị này không có điểm cầu nào dự buổi này để rút thăm.", code="no_points")
    known = sources.times()
    times = {code: known[code] for code in candidates if code in known}
    drawn = lot(seed, candidates, times, min(number, DRAWN_LIMIT))
    event = events.SpotCheckDrawn(
        draw=len(sources.draws) + 1,
        unit=unit,
        sitting=sitting,
        seed=seed,
        points=drawn,
        among=len(candidates),
        pool_sha256=pool_sha256(candidates),
        times=times,
    )
    return ((event, now_ms),)


def settle(
    draft: Draft, code: str, key: RoundKey, source: Source, stands: Stands, reason: str, seen: Seen, now_ms: int
) -> Decided:
    """Say which of two figures stands. `seen` is the second figure that whoever settles has before their eyes."""
    _hall(draft, code)
    found = differences(draft.affairs.sources, draft.points, (code,))
    difference = next((each for each in found if (each.key, each.source) == (key, source)), None)
    if difference is None:
        raise Refused("Hai số liệu của đợt này không còn khác nhau; hãy tải lại danh sách.", code="no_difference")
    if difference.given.seen != seen:
        raise Refused("Nguồn thứ hai vừa có số mới; hãy xem lại rồi quyết định.", code="version")
    if stands is Stands.OWN and difference.own is None:
        raise Refused("Điểm cầu chưa báo cáo đợt này nên chưa có số để giữ.", code="not_reported")
    settled = difference.settled
    if settled is not None and (settled.stands, settled.reason) == (stands, reason):
        return ()
    event = events.DifferenceSettled(
        point=code,
        sitting=key[0],
        round=key[1],
        source=source,
        stands=stands,
        own=difference.own,
        seen=seen,
        reason=reason,
    )
    return ((event, now_ms),)


def may_show(draft: Draft, code: str, sitting: str) -> None:
    """Whether there is such a hall in such a sitting to be seen on a photo. Raises Refused."""
    _, plan = _hall(draft, code)
    sitting_of(plan, sitting)


def may_take(draft: Draft, code: str, sitting: str) -> None:
    """Whether one more photo of a hall is kept. Raises Refused."""
    may_show(draft, code, sitting)
    taken = sum((each.point, each.sitting) == (code, sitting) for each in draft.affairs.sources.photos.values())
    if taken >= PHOTOS_OF_A_SITTING:
        raise Refused(
            f"Buổi này đã có {PHOTOS_OF_A_SITTING} ảnh của điểm cầu, là mức tối đa; không cần gửi thêm.",
            code="too_many",
        )


def take(draft: Draft, code: str, sitting: str, photo: int, sha256: str, size: int, now_ms: int) -> Decided:
    """A photo of a hall is kept under this number; nothing follows if the very same one is kept already."""
    if draft.affairs.sources.photo(code, sitting, sha256) is not None:
        return ()
    may_take(draft, code, sitting)
    event = events.PhotoTaken(point=code, sitting=sitting, photo=photo, sha256=sha256, size=size)
    return ((event, now_ms),)


def judge(draft: Draft, code: str, roll: Roll, added: bool, reason: str, now_ms: int) -> Decided:
    """Put a hall on a list of the report, or take it off; the newest word counts."""
    _hall(draft, code)
    return ((events.JudgementChanged(point=code, roll=roll, added=added, reason=reason), now_ms),)


def _hall(draft: Draft, code: str) -> tuple[Point, Plan]:
    _planned(draft)
    return hall_of(draft, code)


def _planned(draft: Draft) -> Plan:
    if draft.plan is None or draft.phase is Phase.DRAFT:
        raise Refused("Hội nghị chưa mở; hãy chờ ban tổ chức mở hội nghị.", code="not_open")
    return draft.plan


def paths(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """By unit, the codes from the root of the tree of the day down to it."""
    parents = {unit.code: unit.parent for unit in plan.units}

    def path(code: str) -> tuple[str, ...]:
        found: list[str] = []
        at: str | None = code
        while at is not None and at in parents and at not in found:
            found.append(at)
            at = parents[at]
        return tuple(reversed(found))

    return {code: path(code) for code in parents}
