"""Copies the stores while they are written, into one file, and opens the copy before it says that there is one.

A read-only connection of its own sees each store as it was at one moment, however long the copy takes, and stands in
nobody's way: the writer goes on, only its log is not cut short meanwhile.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bridge.journal import Record
from bridge.journal.chain import genesis, link
from bridge.keeping.manifest import MANIFEST, STORES, ChainEnd, Copied, Ends, Manifest, encode, name_of
from bridge.notdone import NotDone
from endpoints_registry.audit import GENESIS, Entry
from endpoints_registry.audit import link as audit_link

PAGES = 500
"""2 MB at a time, and then a pause: the disk and the processor are the halls' first."""
PAUSE_S = 0.004
PIECE = 1 << 20

Tell = Callable[[int, int], None]
"""Told how many of how many bytes are done. What it raises ends the copy."""


def copied(folder: Path, target: Path, at: datetime, tell: Tell = lambda _done, _total: None) -> Manifest:
    """The stores of a data folder as one file. Raises NotDone; then there is no such file. Blocks: for a thread."""
    found = [store for store in STORES if (folder / name_of(store)).is_file()]
    if not {"journal", "registry"} <= set(found):
        raise NotDone(f"Không có dữ liệu trong {folder.resolve()} để sao lưu; hãy xem [storage] folder trong cấu hình.")
    if target.exists():
        raise NotDone(f"Đã có tệp {target}; hãy chọn tên khác, bản sao lưu cũ không bị ghi đè.")
    try:
        total = sum(_size(folder / name_of(store)) for store in found)
        _room(target.parent, total)
        with tempfile.TemporaryDirectory(prefix=".bridge-backup-", dir=target.parent) as staging:
            kept, steps = Path(staging), _Steps(total * 2, tell)
            for store in found:
                _copy(folder / name_of(store), kept / name_of(store), steps)
            ends = Ends(
                audit=_audit_end(kept / name_of("registry")),
                journals=_journal_ends(kept / name_of("journal")),
                epoch=_epoch(kept / name_of("journal")),
            )
            whole = kept / "whole.zip"
            manifest = _packed(kept, found, whole, ends, at, steps)
            os.replace(whole, target)
            _on_disk(target.parent)
    except sqlite3.Error as failed:
        raise NotDone(f"Không sao lưu được: {failed}; hãy chạy `bridge verify` và xem ổ đĩa.") from failed
    except OSError as failed:
        raise NotDone(f"Không ghi được bản sao lưu {target}: {failed.strerror or failed}.") from failed
    return manifest


class _Steps:
    def __init__(self, total: int, tell: Tell) -> None:
        self._total, self._tell, self._done = total, tell, 0

    def on(self, done: int) -> None:
        self._done += done
        self._tell(min(self._done, self._total), self._total)
        time.sleep(PAUSE_S)

    def unwanted(self) -> bool:
        """Asked while the copy is looked at, which has no steps."""
        try:
            self._tell(min(self._done, self._total), self._total)
        except NotDone:
            return True
        return False


def _size(file: Path) -> int:
    beside = file.with_name(f"{file.name}-wal")
    return file.stat().st_size + (beside.stat().st_size if beside.exists() else 0)


def _room(folder: Path, total: int) -> None:
    """A backup must not fill the disk on which acts are recorded."""
    free = shutil.disk_usage(folder).free
    if free < 2 * total + (64 << 20):
        raise NotDone(
            f"Ổ đĩa của {folder.resolve()} còn {free >> 20} MB, cần {(2 * total >> 20) + 64} MB để sao lưu; "
            "hãy dọn bớt hoặc chọn thư mục khác."
        )


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Read-only to SQLite itself: it neither writes nor checkpoints beside the one writer."""
    reader = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True, timeout=10, isolation_level=None)
    with closing(reader):
        yield reader


def _copy(file: Path, copy: Path, steps: _Steps) -> None:
    with opened(file) as source, closing(sqlite3.connect(copy, isolation_level=None)) as drain:
        copy.chmod(0o600)
        # A copy that is cut off is thrown away: it need not survive by itself.
        drain.execute("PRAGMA journal_mode=OFF")
        drain.execute("PRAGMA synchronous=OFF")
        page: int = source.execute("PRAGMA page_size").fetchone()[0]
        # From here to the end it is one moment of the store: nobody's writing makes the copy begin anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        before = 0

        def moved(_status: int, remaining: int, whole: int) -> None:
            nonlocal before
            done = (whole - remaining) * page
            steps.on(done - before)
            before = done

        source.backup(drain, pages=PAGES, progress=moved)
    with closing(sqlite3.connect(copy, isolation_level=None)) as look:
        # Not as it was written to, with a log beside: this one stands alone.
        look.execute("PRAGMA journal_mode=DELETE")
        look.set_progress_handler(steps.unwanted, 1_000_000)
        said = look.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise NotDone(f"Bản sao của {file.name} hỏng ({said}); hãy chạy `bridge verify` và xem ổ đĩa.")


def _packed(kept: Path, found: list[str], whole: Path, ends: Ends, at: datetime, steps: _Steps) -> Manifest:
    files: dict[str, Copied] = {}
    with open(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for store in found:
                files[name_of(store)] = _pack(packed, kept / name_of(store), steps)
                (kept / name_of(store)).unlink()
            manifest = Manifest(made_at=at, files=files, ends=ends)
            packed.writestr(MANIFEST, encode(manifest))
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _pack(packed: zipfile.ZipFile, file: Path, steps: _Steps) -> Copied:
    sha, size = hashlib.sha256(), 0
    with file.open("rb") as source, packed.open(file.name, "w", force_zip64=True) as into:
        while piece := source.read(PIECE):
            into.write(piece)
            sha.update(piece)
            size += len(piece)
            steps.on(len(piece))
    return Copied(size, sha.hexdigest())


def _on_disk(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


# --- where the chains end


def _epoch(file: Path) -> str:
    with opened(file) as store:
        epoch: str = store.execute("SELECT epoch FROM journal_epoch").fetchone()[0]
        return epoch


_RECORD = "at_ms, received_ms, done_by, kind, point, body, act, device, seq, digest, outcome, code, message, skew_ms"


def _journal_ends(file: Path) -> dict[str, ChainEnd]:
    """Of every conference, its last link, which must fit the one before it."""
    ends = {}
    with opened(file) as store:
        for conference, position in store.execute(
            "SELECT conference, max(position) FROM journal GROUP BY conference"
        ).fetchall():
            rows = store.execute(
                f"SELECT hash, {_RECORD} FROM journal WHERE conference = ? AND position >= ? ORDER BY position",  # noqa: S608
                (conference, position - 1),
            ).fetchall()
            before = rows[0][0] if len(rows) > 1 else genesis(conference)
            last, *fields = rows[-1]
            if link(before, position, Record(*fields)) != last:
                raise NotDone(
                    f"Nhật ký của {conference} không nối tiếp ở dòng {position}; hãy chạy `bridge verify` trước khi sao lưu."
                )
            ends[conference] = ChainEnd(position, last.hex())
    return ends


def _audit_end(file: Path) -> ChainEnd:
    with opened(file) as store:
        rows = store.execute(
            "SELECT position, hash, at_ms, done_by, address, reason, action, what FROM audit ORDER BY position DESC LIMIT 2"
        ).fetchall()
    if not rows:
        return ChainEnd(0, GENESIS.hex())
    position, last, *fields = rows[0]
    before = rows[1][1] if len(rows) > 1 else GENESIS
    if audit_link(before, position, Entry(*fields)) != last:
        raise NotDone(f"Nhật ký thay đổi không nối tiếp ở dòng {position}; hãy chạy `bridge verify` trước khi sao lưu.")
    return ChainEnd(position, last.hex())


def ends_of(folder: Path) -> Ends:
    """Where the chains of the stores in a folder end."""
    registry, journal = (folder / name_of(store) for store in ("registry", "journal"))
    return Ends(audit=_audit_end(registry), journals=_journal_ends(journal), epoch=_epoch(journal))
