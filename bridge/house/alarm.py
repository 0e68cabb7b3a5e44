"""What the server says of itself to the outside."""

import msgspec

from bridge.clock import RealClock
from bridge.post import Kind, Letter


def backup_missing(why: str, now_ms: int) -> Letter:
    """There should have been a new copy by now."""
    return Letter(
        # No conference is called so.
        conference="-server",
        position=RealClock().now(),
        kind=Kind.BACKUP,
        incident=None,
        title="[Máy chủ] Chưa có bản sao lưu mới",
        text=why,
        facts=msgspec.json.encode({"why": why}),
        at_ms=now_ms,
    )
