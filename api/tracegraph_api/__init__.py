"""The HTTP API of tracegraph: the same answers for programs, under the caller's own lens."""

from tracegraph_api.app import create_app

__all__ = ["create_app"]
