"""The configuration: what stands in the file is what holds, and what is wrong stops the start by its name."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from bridge.__main__ import Kind, app
from bridge.settings import Settings
from endpoints_registry.access import STAFF
from endpoints_registry.columns import KINDS
from tests.cli.terminal import bridge

SHIPPED = Path(__file__).parents[2] / "config.toml"


def test_the_shipped_file_is_the_defaults() -> None:
    shipped = tomllib.loads(SHIPPED.read_text())
    defaults = Settings.model_construct().model_dump(mode="json")
    assert shipped == defaults


def test_every_setting_stands_there_with_its_reason() -> None:
    lines = SHIPPED.read_text().splitlines()
    settings = [line for line in lines if re.match(r"\w+ = ", line)]
    assert len(settings) == sum(len(section) for section in Settings.model_construct().model_dump().values())
    assert [line for line in settings if not re.search(r" # \w", line)] == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nprot = 1", ["server.prot", "1", "config.toml"]),
        ("[sevrer]\nport = 1", ["sevrer", "config.toml"]),
        ('[server]\nport = "acht"', ["server.port", "acht", "mend"]),
        ("[server]\nport = 99999", ["server.port", "99999"]),
        (
            '[server]\norigins = ["https://a.example/board"]',
            ["server.origins", "https://a.example/board", "without a path"],
        ),
        ('[storage]\ndatabase = "postgresql://a/b"', ["storage.database", "postgresql://a/b", "postgresql+asyncpg://"]),
        ('[log]\nlevel = "loud"', ["log.level", "loud", "debug"]),
        ("[server\nport = 1", ["config.toml", "TOML"]),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(desk: Path, text: str, named: list[str]) -> None:
    (desk / "config.toml").write_text(text)
    for command in (["serve"], ["migrate"], ["registry", "export", "a.csv"], ["user", "add", "ann", "--role", "admin"]):
        told = bridge(*command)
        assert (told.status, told.out) == (78, "")
        assert [word for word in named if word not in told.err] == []
        assert told.err.startswith("bridge: ")
        assert told.err.count("\n") == 1


def test_a_wrong_variable_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGE_SERVER__PORT", "acht")
    told = bridge("serve")
    assert told.status == 78
    assert "server.port = 'acht'" in told.err
    assert "BRIDGE_" in told.err


def test_a_file_that_was_named_must_be_there() -> None:
    told = bridge("serve", "--config", "nowhere.toml")
    assert told.status == 78
    assert "nowhere.toml" in told.err


def test_the_choices_of_the_command_line_are_those_of_the_registry() -> None:
    assert set(get_args(get_args(get_args(Kind)[0])[0])) == set(KINDS)
    told = bridge("user", "add", "ann", "--role", "king")
    assert told.status == 2
    assert [role for role in STAFF if role not in told.err] == []


@pytest.mark.parametrize(
    "words", [["fly"], ["serve", "--fly"], ["registry", "import"], ["agent"], ["user", "add", "ann"]]
)
def test_a_wrong_call_says_how_it_is_used(words: list[str]) -> None:
    told = bridge(*words)
    assert told.status == 2
    assert "Usage:" in told.err


def test_every_command_explains_itself() -> None:
    told = bridge("--help")
    assert told.status == 0
    for command in ("serve", "migrate", "registry", "user", "agent", "simulate", "demo"):
        assert re.search(rf"^  {command} +[A-Z]", told.out, re.MULTILINE), command
    assert app.info.help
