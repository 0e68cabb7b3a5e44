"""Brings a backup back into an empty folder: everything is looked at before anything is there."""

import hashlib
import os
import secrets
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import msgspec

from bridge.keeping.copying import ends_of
from bridge.keeping.manifest import MANIFEST, STORES, Copied, Manifest, decode, name_of
from bridge.notdone import NotDone

PIECE = 1 << 20
MANIFEST_BYTES = 16 << 20


def restored(file: Path, folder: Path) -> Manifest:
    """The stores of a backup, as a data folder that nobody has used yet. Raises NotDone; then the folder is as before.

    The journal gets a new epoch: devices send again what they still hold of the time after the backup.
    """
    _empty(folder)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with (
            zipfile.ZipFile(file) as packed,
            tempfile.TemporaryDirectory(prefix=".bridge-restore-", dir=folder) as staging,
        ):
            kept = Path(staging)
            manifest = _manifest(packed)
            for name, said in manifest.files.items():
                _unpack(packed, name, said, kept / name)
                _whole(kept / name)
            if ends_of(kept) != manifest.ends:
                raise NotDone(f"{file}: mắt xích cuối không như bản kê ghi; tệp đã bị sửa, hãy dùng bản sao lưu khác.")
            _renamed(kept / name_of("journal"))
            # The journal last: without it there is nothing to serve.
            for store in ("post", "archive", "registry", "journal"):
                if (kept / name_of(store)).exists():
                    os.replace(kept / name_of(store), folder / name_of(store))
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as broken:
        raise NotDone(f"{file} không phải bản sao lưu, hoặc bị hỏng; hãy dùng bản khác.") from broken
    except sqlite3.Error as broken:
        raise NotDone(f"{file}: dữ liệu bên trong hỏng ({broken}); hãy dùng bản sao lưu khác.") from broken
    except OSError as failed:
        raise NotDone(f"Không khôi phục được {file} vào {folder}: {failed.strerror or failed}.") from failed
    return manifest


def _empty(folder: Path) -> None:
    held = [
        path.name for store in STORES for path in sorted(folder.glob(f"{name_of(store)}*")) if path.suffix != ".lock"
    ]
    if held:
        raise NotDone(
            f"Thư mục {folder.resolve()} đã có dữ liệu ({', '.join(held[:3])}); "
            "bản sao lưu chỉ khôi phục vào thư mục trống, hãy đổi [storage] folder."
        )


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    with packed.open(MANIFEST) as member:
        raw = member.read(MANIFEST_BYTES)
    try:
        manifest = decode(raw)
    except msgspec.MsgspecError as wrong:
        raise NotDone(f"Bản kê của bản sao lưu không đọc được ({wrong}); tệp do bản phần mềm khác làm?") from wrong
    lacking = {name_of("journal"), name_of("registry")} - manifest.files.keys()
    strange = manifest.files.keys() - {name_of(store) for store in STORES}
    if lacking or strange:
        raise NotDone(f"Bản sao lưu không đúng nội dung ({', '.join(sorted(lacking | strange))}); hãy dùng bản khác.")
    return manifest


def _unpack(packed: zipfile.ZipFile, name: str, said: Copied, into: Path) -> None:
    """No more than the manifest says, and exactly that."""
    sha, size = hashlib.sha256(), 0
    with packed.open(name) as member, open(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while size <= said.bytes and (piece := member.read(PIECE)):
            out.write(piece)
            sha.update(piece)
            size += len(piece)
        out.flush()
        os.fsync(out.fileno())
    if (size, sha.hexdigest()) != (said.bytes, said.sha256):
        raise NotDone(f"{name} trong bản sao lưu không như bản kê ghi; tệp bị hỏng, hãy dùng bản khác.")


def _whole(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as store:
        said = store.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise NotDone(f"{file.name} trong bản sao lưu hỏng ({said}); hãy dùng bản khác.")


def _renamed(journal: Path) -> None:
    with closing(sqlite3.connect(journal, isolation_level=None)) as store:
        store.execute("PRAGMA synchronous=FULL")
        store.execute("UPDATE journal_epoch SET epoch = ?", (secrets.token_hex(8),))
