"""`python -m tests.chaos`: 800 rooms in bad weather, a black hole, a centre that stands still, and one that restarts."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import uvloop

from tests.chaos.drill import Blamed, Hole, Hour, Return, at_a_loss, black_hole, pauses, restart, staged

PAUSES_S = (5, 15, 30, 60)


class Figures(msgspec.Struct):
    speed: float
    """Hall seconds in one of ours: heartbeat, patience and the weather are shortened alike."""
    hour: Hour
    hole: Hole
    pauses: Mapping[float, Blamed]
    back: Return

    def is_well(self) -> bool:
        quiet = (
            self.hour.found.lost,
            self.hour.found.centre,
            self.hole.others_lost,
            self.hole.centre,
            self.back.found.lost,
        )
        return (
            not any(quiet)
            and self.hour.all_steady
            and (self.hole.red, self.hole.late_s <= 45) == (self.hole.rooms, True)
            and all(each.lost == 0 for each in self.pauses.values())
            and self.back.all_steady
            and self.back.back_s <= 15
            and self.back.found.incidents <= 1
        )


async def drilled(rooms: int, minutes: float, speed: float) -> Figures:
    with tempfile.TemporaryDirectory(prefix="bridge-chaos-") as folder:
        async with staged(Path(folder, "bad-weather"), rooms + 2, speed) as stage:
            hole = await black_hole(stage)
            _say(f"black hole: {hole}")
            hour = await at_a_loss(stage, minutes, _say)
            _say(f"loss: {hour}")
            stood = await pauses(stage, PAUSES_S, _say)
        # As fast as the world: 800 handshakes take what they take.
        async with staged(Path(folder, "restart"), rooms + 2, 1) as stage:
            back = await restart(stage)
            _say(f"restart: {back}")
    return Figures(speed, hour, hole, stood, back)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rooms", type=int, default=800)
    parser.add_argument("--minutes", type=float, default=60, help="of the hall, at 10 %% loss")
    parser.add_argument("--speed", type=float, default=6, help="hall seconds in one of ours; 1: an hour takes an hour")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    chosen = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(drilled(chosen.rooms, chosen.minutes, chosen.speed))
    told = msgspec.to_builtins(figures, str_keys=True)
    sys.stdout.write(f"{msgspec.json.encode(told).decode()}\n" if chosen.json else shown(told))
    sys.exit(0 if figures.is_well() else 1)


def shown(told: Mapping[str, object]) -> str:
    lines = []
    for part, figures in told.items():
        rows = figures.items() if isinstance(figures, dict) else [("", figures)]
        lines += [f"{part:10}{name!s:14}{figure}" for name, figure in rows]
    return "\n".join(lines) + "\n"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
