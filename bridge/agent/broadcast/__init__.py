"""Does the broadcast arrive? A room's machine follows it as the room's player would, and says what it sees."""

from bridge.agent.broadcast.fetching import Bounds, stream_url
from bridge.agent.broadcast.following import Broadcast, Follower
from bridge.agent.broadcast.judging import Seen

__all__ = ["Bounds", "Broadcast", "Follower", "Seen", "stream_url"]
