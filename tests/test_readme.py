"""The README's tables hold what there is: every command, setting, event and close code, and nothing else."""

import re
from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from typer.main import get_command

from bridge.__main__ import app
from bridge.rules.events import AnyEvent
from bridge.rules.wire import Close
from bridge.settings import Settings

README = Path(__file__).parent.parent / "README.md"


def table(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    text = README.read_text().split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return rows[2:]


def named(heading: str) -> list[str]:
    return [re.sub(r"`", "", row[0]) for row in table(heading)]


def commands() -> list[str]:
    group = get_command(app)
    found = []
    for name, command in getattr(group, "commands", {}).items():
        below = getattr(command, "commands", None)
        found += [f"bridge {name} {each}" for each in below] if below else [f"bridge {name}"]
    return found


def settings() -> dict[str, object]:
    found: dict[str, object] = {}
    for section, value in Settings():
        assert isinstance(value, BaseModel)
        found |= {f"{section}.{key}": getattr(value, key) for key in type(value).model_fields}
    return found


def test_every_command_is_listed() -> None:
    assert sorted(named("Commands")) == sorted(commands())


def test_every_setting_is_listed_with_its_default() -> None:
    listed = {row[0].strip("`"): row[1].strip("`") for row in table("Settings")}
    defaults = settings()
    assert listed.keys() == defaults.keys()
    for key, default in defaults.items():
        plain = list(default) if isinstance(default, tuple) else default
        shown = f"{plain:g}" if isinstance(plain, float) else str(plain)
        assert listed[key] == shown, key


def test_every_event_is_listed() -> None:
    tags = [str(kind.__struct_config__.tag) for kind in get_args(AnyEvent)]
    assert sorted(named("Events in the journal")) == sorted(tags)


def test_every_close_code_is_listed() -> None:
    listed = {int(row[0]): row[1].replace(" ", "_").upper() for row in table("Close codes of the sockets")}
    assert listed == {close.value: close.name for close in Close}
