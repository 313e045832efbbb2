"""What starts the stages: Lambda handlers and the operator's command. Parse, wire, call one stage."""
