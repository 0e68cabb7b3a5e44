"""What browsers load beside the pages: read once, compressed once, told apart by content."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from dashboards.bare import bare
from dashboards.stylesheets import whole

STATIC = Path(__file__).parent / "static"

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
PACKED = {".woff2", ".png"}  # compressed already
TOOLS = {"make.mjs"}

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    kind: str
    etag: str
    body: bytes
    packed: bytes | None


@dataclass(frozen=True, slots=True)
class Assets:
    """Every file under its path, and one version for all of them.

    Modules import their neighbours by relative path, so the version stands in front of the path and one
    address change renews the whole tree: `/static/<version>/board/main.js`.
    """

    version: str
    files: Mapping[str, Asset]

    def url(self, path: str) -> str:
        """Where a page finds a file; an unknown path is a mistake of ours and raises KeyError."""
        self.files[path]
        return f"/static/{self.version}/{path}"

    def base(self) -> str:
        """What stands before every path."""
        return f"/static/{self.version}/"

    def modules(self, *folders: str) -> list[str]:
        """The modules of a page, by folder, with the libraries they draw on: asked for at once, not one after another."""
        return [
            self.url(path)
            for path in sorted(self.files)
            if (path.partition("/")[0] in folders and path.endswith(".js"))
            or path == "language.js"
            or (path.startswith("vendor/") and path.endswith((".mjs", ".js")))
        ]

    def answer(self, path: str, request: web.Request) -> web.Response:
        """The file, or 304 to whoever has it, or 404."""
        first, _, rest = path.partition("/")
        lasting = first == self.version
        # A page from before an update asks under the old version: it gets today's file, to be asked for again.
        asset = self.files.get(rest if lasting else path) or self.files.get(rest)
        if asset is None:
            raise web.HTTPNotFound(text="Không có tệp này")
        headers = {
            "Cache-Control": FOR_EVER if lasting else ASK_AGAIN,
            "ETag": f'"{asset.etag}"',
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if any(known.value in (asset.etag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = asset.kind
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=asset.packed, headers=headers)
        return web.Response(body=asset.body, headers=headers)


def _sent(name: str, found: Mapping[str, bytes]) -> bytes:
    """A file as browsers get it: stylesheets in one piece, and what the operator's page loads without its comments."""
    body = whole(name, found) if name.endswith(".css") else found[name]
    return bare(body) if name.startswith("phone") and name.endswith((".js", ".css")) else body


def read(folder: Path = STATIC, extra: Mapping[str, bytes] | None = None) -> Assets:
    """All files of the folder, and those made at the start (the catalogues), in memory."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in KINDS and path.name not in TOOLS and not path.name.endswith(".d.mts")
    } | dict(extra or {})
    every = sha256()
    files = {}
    for name in found:
        body = _sent(name, found)
        etag = sha256(body).hexdigest()[:20]
        every.update(f"{name} {etag}\n".encode())
        kind = Path(name).suffix
        # mtime=0: the same file is the same bytes at every start.
        packed = None if kind in PACKED else gzip.compress(body, 9, mtime=0)
        files[name] = Asset(KINDS[kind], etag, body, packed)
    return Assets(every.hexdigest()[:12], files)
