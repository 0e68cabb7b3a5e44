"""What every test may ask for."""

import gc
import os
from collections.abc import Iterator

import pytest

from endpoints_registry import gate
from tests.databases import Server, running
from tests.memory import roomy


def pytest_configure() -> None:
    """The tests' own folders lie in memory if they may."""
    if folder := roomy():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)
    # Here a few do in a minute what nobody does in a month.
    gate.WORK = 1_000_000


def pytest_collection_finish() -> None:
    """All modules and tests stay to the end: the collector need not walk them again with every house that is built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL; started by the first test of the session (of each worker) that asks."""
    with running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """A fresh, empty database of the test's own."""
    with postgres.fresh() as url:
        yield url
