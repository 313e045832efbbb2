"""Where it all starts: parse what comes in, wire adapters once, call one stage."""
