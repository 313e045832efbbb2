"""What starts a stage: Lambda handlers, and what the operators type. They parse, wire, and call one stage."""
