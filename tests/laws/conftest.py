"""How many examples a law is tried on: few with every change, many when asked for (`BRIDGE_LAWS=thorough`)."""

import os

from hypothesis import HealthCheck, settings

# Derandomised: what main has passed it passes again. No deadline: the machine is shared.
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile(
    "quick", max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=_SLOW
)
settings.register_profile("thorough", max_examples=1_500, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("BRIDGE_LAWS", "quick"))
