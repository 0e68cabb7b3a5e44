"""The room's side: it keeps the line to the centre, measures it, and follows the broadcast. Stands alone but for the
frames' shapes.
"""

from bridge.agent.broadcast import Broadcast, Follower, Seen, stream_url
from bridge.agent.client import Agent, SentAway, socket_url
from bridge.agent.probe import LineProbe, Probe

__all__ = ["Agent", "Broadcast", "Follower", "LineProbe", "Probe", "Seen", "SentAway", "socket_url", "stream_url"]
