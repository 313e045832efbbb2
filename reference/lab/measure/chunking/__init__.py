"""The chunking law by the model: the same work cut into ever smaller pieces."""
