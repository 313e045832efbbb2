"""How many rows a second the agent writes where AWS is far away; `delay` is the distance."""
