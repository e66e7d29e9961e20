"""The peers: other ways to answer the same question from the same data, each as good as we could make it."""
