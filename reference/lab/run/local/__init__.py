"""The deployed template on a laptop: an AWS emulator, and the template deployed to it."""
