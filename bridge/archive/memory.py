"""The archive's twin without a disk: for tests, and held to the same contract."""

from collections.abc import Sequence

import msgspec

from bridge.archive import REPORTS, ArchiveError, Fixed, Kept, Kind, Label, label_of

Place = tuple[str, Kind, int, str]


class MemoryArchive:
    def __init__(self) -> None:
        self._things: dict[Place, Kept] = {}

    async def keep(self, items: Sequence[Kept]) -> None:
        for item in items:
            lies = self._things.get(_place(item))
            if lies is not None and lies.version is not None:
                raise Fixed(f"«{item.name}» của số {item.number} đã ký nên không thay được.")
        self._things |= {_place(item): msgspec.structs.replace(item, version=None) for item in items}

    async def one(self, conference: str, kind: Kind, number: int, name: str) -> Kept | None:
        return self._things.get((conference, kind, number, name))

    async def listed(self, conference: str, *kinds: Kind, number: int | None = None) -> list[Label]:
        found = [
            label_of(item)
            for item in self._things.values()
            if item.conference == conference
            and (not kinds or item.kind in kinds)
            and (number is None or item.number == number)
        ]
        return sorted(found, key=lambda label: (label.number, label.kind.value, label.name))

    async def next_number(self, conference: str, kind: Kind) -> int:
        numbers = [item.number for item in self._things.values() if (item.conference, item.kind) == (conference, kind)]
        return max(numbers, default=0) + 1

    async def fix(self, conference: str, number: int, version: int) -> None:
        reports = {place: item for place, item in self._things.items() if _is_report(item, conference)}
        mine = {place: item for place, item in reports.items() if item.number == number}
        if not mine:
            raise ArchiveError(f"Không có báo cáo số {number}; hãy lập lại dự thảo.")
        if any(item.version not in (None, version) for item in mine.values()):
            raise Fixed(f"Báo cáo số {number} đã ký thành phiên bản khác.")
        for place, item in reports.items():
            if place in mine:
                self._things[place] = msgspec.structs.replace(item, version=version)
            elif item.version == version:
                self._things[place] = msgspec.structs.replace(item, version=None)

    async def loosen(self, conference: str, number: int) -> None:
        for place, item in list(self._things.items()):
            if _is_report(item, conference) and item.number == number:
                self._things[place] = msgspec.structs.replace(item, version=None)

    async def forget(self, conference: str, kind: Kind, number: int, name: str | None = None) -> int:
        gone = [
            place
            for place, item in self._things.items()
            if place[:3] == (conference, kind, number) and name in (None, place[3]) and item.version is None
        ]
        for place in gone:
            del self._things[place]
        return len(gone)

    async def close(self) -> None:
        return None


def _place(item: Label) -> Place:
    return item.conference, item.kind, item.number, item.name


def _is_report(item: Label, conference: str) -> bool:
    return item.conference == conference and item.kind in REPORTS
