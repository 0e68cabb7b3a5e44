"""A desk of its own for every command: an empty folder, no settings of the machine, its logs put away afterwards."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder."""
    for name in tuple(os.environ):
        if name.startswith("BRIDGE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    # A server beside the command says its own things, and late ones when the machine is busy: none of them is the command's.
    monkeypatch.setattr(logging, "raiseExceptions", False)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
