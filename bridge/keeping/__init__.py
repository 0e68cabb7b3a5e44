"""Keeps what is kept: looks whether all of it still holds together, copies it while it is used, and brings a copy back."""
