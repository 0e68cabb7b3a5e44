"""A process that appends until it is killed or its disk fails, and says aloud what was acknowledged."""

import asyncio
import resource
import sys

from bridge.journal import JournalBroken, Record
from bridge.journal.sql import open_journal

CONFERENCE = "hoc-tap-2026-03"


def said(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def append(url: str, largest_file: int) -> None:
    journal = await open_journal(url)
    head = await journal.head(CONFERENCE)
    if largest_file:
        # From here on writing beyond this size is an I/O error, as on a disk that fails.
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    try:
        position = head.position
        while True:
            places = range(position + 1, position + 8)
            records = [
                Record(place, place, "point:00004-01", "noted", "00004-01", b"{}", str(place)) for place in places
            ]
            async with journal.turn(CONFERENCE, position) as turn:
                rows = await turn.append(records)
            position = rows[-1].position
            said(str(position))
    except JournalBroken:
        said("broken")
    try:
        async with journal.turn(CONFERENCE, 0):
            said("went on")
    except JournalBroken:
        said("stays broken")
    said(f"reads {len(await journal.read(CONFERENCE, 0, 3))}")


if __name__ == "__main__":
    asyncio.run(append(sys.argv[1], int(sys.argv[2])))
