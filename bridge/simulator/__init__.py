"""A whole day of rooms, phones and faults: the demo, the drill and the load generator."""
