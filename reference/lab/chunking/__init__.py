"""The chunking law, run: the same work cut into ever smaller pieces, on the local emulator."""
