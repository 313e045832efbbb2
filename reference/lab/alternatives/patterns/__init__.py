"""A template for each service that could carry messages between the stages, and its functions."""
