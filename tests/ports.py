"""A door that a server comes back to: while it is away nobody else is given its number."""

import random
import socket
from pathlib import Path

LENT = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""What the system lends by itself: to whoever asks for port 0, and to whoever calls out."""
LOWEST = 20_000
_chance = random.SystemRandom()


def lasting() -> int:
    """A free port below those that the system lends; where it lends all of them, any that is free now."""
    lent = int(LENT.read_text().split()[0])
    below = range(LOWEST, lent)
    for port in (*_chance.sample(below, min(100, len(below))), 0):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = door.getsockname()[1]
            return found
    raise OSError("no port of this machine is free")
