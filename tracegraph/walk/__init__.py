"""From a scope to a cone: which items are touched, where their goods go, and where knowledge ends."""
