"""The registries a city can start from: official units, and the invented points of the demo day."""
