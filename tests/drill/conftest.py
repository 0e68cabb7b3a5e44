"""What the drills share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers keep their bytecode: only the first of them compiles, which takes longer than all else."""
    return tmp_path_factory.mktemp("compiled")
