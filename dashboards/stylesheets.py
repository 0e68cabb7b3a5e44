"""A stylesheet in one piece: what it imports stands in it when it is sent, so that a page waits for one file and not for a chain."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

_IMPORT = re.compile(rb"^@import url\('([^']+)'\);$", re.MULTILINE)


def whole(path: str, files: Mapping[str, bytes]) -> bytes:
    """The stylesheet at `path`, each `@import url('...');` that has a line of its own replaced by the file that it names.

    A file that is imported from another folder holds no `url(...)`: it would be looked for beside the importing one. A name
    that none of `files` has is a mistake of ours and raises KeyError.
    """
    folder = PurePosixPath(path).parent
    return _IMPORT.sub(lambda named: whole(str(folder / named[1].decode()), files), files[path])
