"""Laws: what holds whatever happens."""
