"""Walks everything that is kept in a process of its own: `python walking.py STEP_BACK < addresses > found`.

To look at a million rows is a minute of one processor: here that is a child which steps back behind the server. Standard
input is JSON [registry, journal, archive], standard output one piece (`bridge.apart`): JSON {"whole", "found"}.
"""

import asyncio
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # Run by its path and isolated from whatever the server's folder may hold: ours is found from here.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from bridge.journal.checking import Broken
from bridge.keeping.checking import checked
from bridge.notdone import NotDone


class Walked(msgspec.Struct, frozen=True):
    """`found`: what was found whole, or the first row that does not hold."""

    whole: bool
    found: str


async def walked(addresses: tuple[str, str, str]) -> Walked:
    """Everything that is kept, looked through: `addresses` are those of registry, journal and archive."""
    lines: list[str] = []
    try:
        await checked(addresses[:2], lines.append, addresses[2])
    except Broken as broken:
        return Walked(False, f"Dữ liệu không còn nguyên vẹn: {broken}.")
    except NotDone as why:
        return Walked(False, str(why))
    return Walked(True, "; ".join(line.strip() for line in lines))


def main() -> None:
    os.nice(int(sys.argv[1]))
    addresses = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[str, str, str])
    told = msgspec.json.encode(asyncio.run(walked(addresses)))
    sys.stdout.buffer.write(len(told).to_bytes(4, "big") + told)


if __name__ == "__main__":
    main()
