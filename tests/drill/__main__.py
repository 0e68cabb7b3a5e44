"""`python -m tests.drill --kills 200`: kill the real server at random moments under load, and count what is lost."""

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec
import uvloop

from tests.drill.drill import Result, Wanted, drilled


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--acts", type=int, default=110_000, help="one in twelve is not allowed, and so never recorded")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed draws the same acts and moments")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    chosen = parser.parse_args()
    wanted = Wanted(chosen.kills, chosen.acts, chosen.seed)
    with tempfile.TemporaryDirectory(prefix="bridge-drill-") as folder:
        kept, compiled = Path(folder, "data"), Path(folder, "compiled")
        result = uvloop.run(drilled(wanted, kept, compiled, _say))
    sys.stdout.write(f"{msgspec.json.encode(result.told()).decode() if chosen.json else shown(result)}\n")
    sys.exit(0 if is_well(result) else 1)


def is_well(result: Result) -> bool:
    reckoning = result.reckoning
    harm = (reckoning.lost, reckoning.doubled, reckoning.unforeseen, result.rows_added)
    return not any(harm) and (result.broken_at, result.exit_status) == (None, 0)


def shown(result: Result) -> str:
    done, reckoning = result.done, result.reckoning
    lines = (
        ("kills", f"{done.kills}, of which while starting {done.kills_while_starting}"),
        ("stops (SIGSTOP)", done.pauses),
        ("acts", f"{result.acts} in {result.requests} requests"),
        ("requests unanswered", f"{result.unanswered}, refused with 503 {result.refused}"),
        ("acknowledged", reckoning.acknowledged),
        ("lost", reckoning.lost),
        ("doubled", reckoning.doubled),
        ("asked again", f"{result.resent}, each answered as before; rows added by that {result.rows_added}"),
        ("off the oracle", len(reckoning.unforeseen)),
        *(("", line) for line in reckoning.unforeseen),
        ("broken row", result.broken_at),
        ("exit status", result.exit_status),
        ("a start took", f"{result.start_s} s (median)"),
        ("in all", f"{result.whole_s} s"),
    )
    return "\n".join(f"{name:22}{figure}" for name, figure in lines)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
