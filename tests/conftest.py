"""What every test may ask for."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from bridge.keeping import backups, verifying
from dashboards.reports import writing
from endpoints_registry import gate
from tests.databases import Server, running
from tests.memory import roomy

# How many examples a law is tried on: few with every change, many when asked for (`BRIDGE_LAWS=thorough`).
# Derandomised: what main has passed it passes again. No deadline: the machine is shared.
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile(
    "quick", max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=_SLOW
)
settings.register_profile("thorough", max_examples=1_500, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("BRIDGE_LAWS", "quick"))


def pytest_configure() -> None:
    """The tests' own folders lie in memory if they may."""
    if folder := roomy():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)
    # Here a few do in a minute what nobody does in a month.
    gate.WORK = 1_000_000
    # And nobody is served beside whom long work would have to step back: of a busy machine it would get next to nothing.
    writing.STEP_BACK = verifying.STEP_BACK = backups.GENTLE = 0


LONGEST = (
    "drill/test_kills",
    "laws/test_schedules",
    "pages/test_admin",
    "fuzz/",
    "matrix/",
    "load/",
    "pages/",
    "drill/",
    "chaos/",
    "contracts/test_upgrade",
)
"""Whose files take a minute or more, the longest first: begun last, they would be one worker's alone while the other rests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files are handed out in this order (`make test` lets nobody change it)."""
    items.sort(key=lambda item: next((rank for rank, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST)))


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
