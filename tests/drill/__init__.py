"""The drill: the real server is killed, stopped and starved under load, and nothing that it acknowledged is lost."""
