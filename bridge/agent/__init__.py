"""The room's side: it keeps the line to the centre and measures it. Stands alone but for the frames' shapes."""

from bridge.agent.client import Agent, SentAway, socket_url
from bridge.agent.probe import LineProbe, Probe

__all__ = ["Agent", "LineProbe", "Probe", "SentAway", "socket_url"]
