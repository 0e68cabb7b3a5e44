"""WHO takes part: units, bridge points, people, conferences, accounts and links."""
