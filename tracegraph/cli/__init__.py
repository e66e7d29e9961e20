"""The command line: thin; parses, asks one service, and prints its answer."""

from tracegraph.cli.app import main

__all__ = ["main"]
