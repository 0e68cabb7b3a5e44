"""The reckoning after a drill: the journal and the board, as anybody may read them, against the receipts of the devices."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from bridge.journal.chain import genesis, verify
from bridge.journal.sql import open_journal
from bridge.rules import acts, wire
from bridge.rules.model import Plan, RoundName
from tests.drill.city import CONFERENCE, City
from tests.drill.phones import Device
from tests.laws.oracle import Answer, Oracle, Receipt
from tests.laws.sayings import STAFF_ONLY

PAGE = 2_000


@dataclass(frozen=True)
class Reckoning:
    rows: int
    """Of the journal."""
    acknowledged: int
    """Acts whose answer says that they are recorded."""
    lost: int
    """Of those, how many are not in the journal at the place that was told."""
    doubled: int
    """Acts that are in the journal more than once."""
    unforeseen: tuple[str, ...]
    """Answers and figures that are not the oracle's, the first few."""


class Reader:
    """Somebody who may see everything."""

    def __init__(self, http: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> None:
        self._http = http
        self._at = f"{url}/api/v1/conferences/{CONFERENCE}"
        self._headers = headers

    async def get(self, path: str, **query: str | int) -> Any:
        async with self._http.get(f"{self._at}/{path}", params=query, headers=self._headers) as response:
            response.raise_for_status()
            return msgspec.json.decode(await response.read())

    async def events(self) -> list[dict[str, Any]]:
        """The whole journal, page by page."""
        lines: list[dict[str, Any]] = []
        after = 0
        while page := await self.get("events", after=after, limit=PAGE):
            if not page["events"]:
                break
            lines += page["events"]
            after = page["next"]
        return lines


async def reckoned(reader: Reader, city: City, devices: Sequence[Device], undo_ms: int) -> Reckoning:
    lines = await reader.events()
    kept = [((line["by"], line["act"]), line["position"]) for line in lines if line["act"] is not None]
    times = Counter(identity for identity, _ in kept)
    told = {
        (device.sender.name, id): outcome.position
        for device in devices
        for id, outcome in device.answers.items()
        if outcome.position
    }
    places = dict(kept)
    oracle, unforeseen = _foreseen(_plan(lines), city, devices, undo_ms)
    strangers = [f"{identity} is in the journal and nobody was told so" for identity in places.keys() - told.keys()]
    return Reckoning(
        rows=len(lines),
        acknowledged=len(told),
        lost=sum(places.get(identity) != position for identity, position in told.items()),
        doubled=sum(number - 1 for number in times.values()),
        unforeseen=(*strangers, *unforeseen, *await _off_the_board(reader, oracle))[:10],
    )


def _plan(lines: Sequence[dict[str, Any]]) -> Plan:
    frozen = next(line["event"] for line in lines if line["event"]["event"] == "conference-frozen")
    return msgspec.convert(frozen["plan"], Plan)


def _foreseen(plan: Plan, city: City, devices: Sequence[Device], undo_ms: int) -> tuple[Oracle, list[str]]:
    """The oracle after all acts in the order of their receipts, and where the answers were not its own."""
    oracle = Oracle(plan, lambda scan: city.people.get(scan.badge), undo_ms)
    unforeseen = []
    receipts: list[tuple[wire.Outcome, Receipt]] = []
    for device in devices:
        for act in device.said:
            answer = device.answers[act.id]
            if answer.position:
                receipts.append((answer, _receipt(device, act, answer)))
            elif device.sender.staff or not isinstance(act, STAFF_ONLY) or answer.code != "not_allowed":
                unforeseen.append(f"{answer} to {act}")
    for answer, receipt in sorted(receipts, key=lambda each: each[0].position):
        foreseen = oracle.take(receipt)
        if foreseen != Answer(answer.outcome == "accepted", answer.code):
            unforeseen.append(f"{answer} instead of {foreseen} to {receipt}")
    return oracle, unforeseen


def _receipt(device: Device, act: acts.AnyAct, answer: wire.Outcome) -> Receipt:
    received_ms = wire.ms_of(datetime.fromisoformat(answer.at))
    return Receipt(act, device.sender.name, device.sender.device, received_ms)


async def _off_the_board(reader: Reader, oracle: Oracle) -> list[str]:
    """Where totals and board do not show the oracle's figures."""
    off = []
    keys = [(oracle.sitting.id, each.name) for each in oracle.sitting.rounds]
    for unit in ("", *{unit for code in oracle.halls for unit in oracle.above(code)}):
        halls = [oracle.halls[code] for code in oracle.under(unit)]
        for key in keys:
            told = await reader.get("totals", unit=unit, sitting=key[0], round=key[1].value)
            found = (
                told["people"],
                told["scanned"],
                *(told["reports"][name] for name in ("due", "received", "quarantined", "differing")),
            )
            foreseen = (
                oracle.total(unit, key)._asdict(),
                sum(hall.scanned.get(key[0], 0) for hall in halls),
                # Who was told that nobody is summoned owes nothing, and is counted where it reported all the same.
                sum(key in hall.counts or not hall.expected or bool(hall.expected.get(key[0])) for hall in halls),
                *(sum(key in getattr(hall, name) for hall in halls) for name in ("counts", "waiting", "differing")),
            )
            if found != foreseen:
                off.append(f"totals of «{unit}» in {key}: {found} instead of {foreseen}")
    return off + _off_the_wall(await reader.get("board"), oracle)


def _off_the_wall(board: dict[str, Any], oracle: Oracle) -> list[str]:
    """Where a tile does not show its hall, in the round that the board shows."""
    off = []
    totals = board["totals"]
    key = (totals["sitting"], RoundName(totals["round"]))
    for row in board["points"]["rows"]:
        tile = dict(zip(board["points"]["columns"], row, strict=True))
        hall = oracle.halls[tile["code"]]
        column = oracle.column(tile["code"], key)._asdict()
        if key not in hall.counts:
            column |= dict.fromkeys(("present", "excused", "unexcused", "guests"))
        said = hall.perceived or (None, None, None)
        foreseen = {**column, "stage": hall.stage, "picture": said[0], "sound": said[1], "line": said[2]}
        found = {name: tile[name] for name in foreseen}
        if found != foreseen:
            off.append(f"tile of {tile['code']}: {found} instead of {foreseen}")
    return off


async def broken_at(folder: Path) -> int | None:
    """The first row of the file, read without the server, whose place in the chain is wrong."""
    journal = await open_journal(f"sqlite+aiosqlite:///{folder / 'journal.sqlite'}")
    try:
        before, after = genesis(CONFERENCE), 0
        # As they lie: a chain is of the digests that stand for what people wrote.
        while rows := await journal.read_as_kept(CONFERENCE, after, 1_000):
            if (broken := verify(rows, before, after)) is not None:
                return broken
            before, after = rows[-1].hash, rows[-1].position
        return None
    finally:
        await journal.close()
