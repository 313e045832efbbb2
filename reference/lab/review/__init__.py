"""Reviews a design of the reader's own: what holds, what breaks, and the evidence for each."""
