"""`make bench`: what a batch costs in time, beside the plain loop that anyone would write first."""
