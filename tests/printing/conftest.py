"""The registry's own city, as the registry's tests have it."""

from tests.registry.conftest import clock, postgresql_city, registry, sqlite_city, url

__all__ = ["clock", "postgresql_city", "registry", "sqlite_city", "url"]
