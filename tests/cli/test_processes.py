"""The commands that stay: what keeps them from starting, and how they are told to go."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.cli.terminal import bridge

ROOT = Path(__file__).parents[2]


def test_a_port_that_somebody_has_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        Path("config.toml").write_text(f"[server]\nport = {port}\n")
        told = bridge("serve")
    assert told.status == 1
    assert f"bridge: port {port} on 127.0.0.1 is in use" in told.err


def test_a_demo_does_not_mix_with_another_day(desk: Path) -> None:
    (desk / "yesterday").mkdir()
    (desk / "yesterday" / "journal.sqlite").touch()
    told = bridge("demo", "--port", 0, "--data", desk / "yesterday")
    assert (told.status, told.out) == (1, "")
    assert "yesterday is not empty" in told.err


def test_a_demo_of_a_registry_that_does_not_exist_is_refused() -> None:
    told = bridge("demo", "--port", 0, "--registry", "atlantis")
    assert told.status == 1
    assert "atlantis" in told.err


def test_migrating_twice_is_migrating_once(desk: Path) -> None:
    assert (bridge("migrate").status, bridge("migrate").status) == (0, 0)
    assert {file.name for file in (desk / "data").glob("*.sqlite")} == {
        "registry.sqlite",
        "journal.sqlite",
        "post.sqlite",
        "archive.sqlite",
    }


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password() -> None:
    Path("config.toml").write_text('[storage]\ndatabase = "postgresql+asyncpg://ann:geheim@127.0.0.1:1/bridge"\n')
    for command in ("serve", "migrate"):
        told = bridge(command)
        assert (told.status, told.out) == (1, "")
        assert told.err.startswith("bridge: the database server cannot be used")
        assert "[storage]" in told.err
        assert "geheim" not in told.err


def test_a_damaged_file_is_one_sentence(desk: Path) -> None:
    (desk / "data").mkdir()
    (desk / "data" / "journal.sqlite").write_bytes(b"not a database" * 400)
    told = bridge("serve")
    assert told.status == 1
    assert str(desk / "data") in told.err.splitlines()[-1]


def test_an_import_that_is_stopped_half_way_has_brought_in_nothing(desk: Path) -> None:
    country = ROOT / "endpoints_registry" / "samples" / "vietnam-2023.csv"
    stopped = subprocess.Popen(
        [sys.executable, "-m", "bridge", "registry", "import", str(country)],
        cwd=desk,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert stopped.stderr is not None
    while "Đang nhập" not in stopped.stderr.readline():
        pass
    stopped.send_signal(signal.SIGINT)
    out, said = stopped.communicate(timeout=120)
    assert (stopped.returncode, out) == (1, "")
    assert said.splitlines()[-1] == "bridge: stopped by Ctrl-C before it was done"
    assert "11.366 mới" in bridge("registry", "import", country, "--dry-run").out


def test_an_agent_needs_a_token_and_an_address() -> None:
    lacking = bridge("agent", "--server", "http://127.0.0.1:1")
    assert lacking.status == 1
    assert "BRIDGE_TOKEN" in lacking.err
    assert bridge("agent", "--server", "http://127.0.0.1:1", "--token-file", "nowhere").status == 1
    wrong = bridge("agent", "--server", "gopher://hall", "--token", "x")
    assert wrong.status == 2
    assert "gopher://hall" in wrong.err


def test_keys_that_cannot_be_read_are_named() -> None:
    Path("keys.json").write_text('{"url": "http://127.0.0.1:1"}')
    for words in (["--keys", "keys.json"], ["--keys", "nowhere.json"]):
        told = bridge("simulate", *words)
        assert (told.status, told.out) == (1, "")
        assert told.err.startswith("bridge: ")


def test_an_agent_goes_when_it_is_told_though_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        agent = subprocess.Popen(
            [sys.executable, "-m", "bridge", "agent", "--server", f"http://127.0.0.1:{port}"],
            cwd=ROOT,
            env={**os.environ, "BRIDGE_TOKEN": "agent_token"},
            stderr=subprocess.PIPE,
            text=True,
        )
        with silent.accept()[0]:
            agent.send_signal(signal.SIGTERM)
            _, said = agent.communicate(timeout=10)
    assert agent.returncode == 0
    assert '"event": "left"' in said
    assert "agent_token" not in said
