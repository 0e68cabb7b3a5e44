"""WHAT is happening in the halls: fast, and only ever appended."""
