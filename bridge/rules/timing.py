"""When something truly was said, though a phone's clock is wrong and its line was away."""

import msgspec

EARLIEST_MS = 72 * 3_600_000
LATEST_MS = 2 * 60_000


class Said(msgspec.Struct, frozen=True):
    """`at_ms` is the effective hall time; `skew_ms` what the device's clock was behind ours when it sent."""

    at_ms: int
    skew_ms: int
    trusted: bool
    """False: the device's time was impossible, and the arrival counts."""


def said(at_ms: int, sent_ms: int, received_ms: int) -> Said:
    """The device's time, corrected by what its clock showed when it sent: so a delay of the line changes nothing.

    Believed from 72 hours before until 2 minutes after its arrival.
    """
    skew_ms = received_ms - sent_ms
    corrected = at_ms + skew_ms
    if -EARLIEST_MS <= corrected - received_ms <= LATEST_MS:
        return Said(at_ms=min(corrected, received_ms), skew_ms=skew_ms, trusted=True)
    return Said(at_ms=received_ms, skew_ms=skew_ms, trusted=False)
