"""What a program is told: one line of JSON at a time."""

import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Any


def said(content: Mapping[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
        sys.stdout.flush()
