"""The registry's own city, as the registry's tests have it."""

from tests.registry.conftest import clock, registry, url

__all__ = ["clock", "registry", "url"]
