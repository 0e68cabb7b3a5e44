"""The room's side by itself: what it makes of a broadcast, whatever the origin does."""
