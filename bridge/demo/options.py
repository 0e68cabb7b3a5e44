"""Which day is played, and how."""

from dataclasses import dataclass
from pathlib import Path

from endpoints_registry.samples import growing


@dataclass(frozen=True, slots=True)
class Options:
    port: int = 8080
    registry: str = growing.DEMO
    points: int | None = None
    speed: float = 60
    seed: int = 2026
    faults: bool = True
    until_end: bool = False
    json: bool = False
    json_all: bool = False
    data: Path | None = None
