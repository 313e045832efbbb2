"""The whole system on a laptop: the template deployed to an AWS emulator, PostgreSQL, the agent."""
