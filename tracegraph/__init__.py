"""tracegraph: which contracts depend on this factory, how do we know, and what can we not see."""

__version__ = "0.1.0"
