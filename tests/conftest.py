"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from tests.databases import Server, running


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
