"""The migrations make exactly the tables that the code speaks of."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from bridge.journal.sql import open_journal
from bridge.journal.tables import metadata
from endpoints_registry.database import open_store


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_the_migrated_tables_are_the_codes_own(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url: str = (
        request.getfixturevalue("postgres_url")
        if kind == "postgres"
        else f"sqlite+aiosqlite:///{tmp_path}/journal.sqlite"
    )
    journal = await open_journal(url)
    await journal.close()

    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "version_table": "journal_version"}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    store = await open_store(url, "journal")
    async with store.reading() as connection:
        found = await connection.run_sync(differences)
    await store.close()
    assert found == []
