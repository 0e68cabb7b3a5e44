"""Where the world touches the hall: sockets of rooms, requests of people, the passing of time."""
