"""A folder in memory, where the machine lends enough of it: tests make files by the ten thousand and keep none."""

import shutil
from contextlib import suppress

MEMORY = "/dev/shm"
ENOUGH_BYTES = 4 << 30


def roomy() -> str | None:
    """On a disk a new PostgreSQL database, which is 400 files, takes ten times as long, and each commit waits for the platter.

    None on a small machine, and on one that has no such folder: then the disk has to do.
    """
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES:
            return MEMORY
    return None
