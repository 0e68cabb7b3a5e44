"""What the commands do, one file a thing; `bridge.__main__` says how they are called."""
