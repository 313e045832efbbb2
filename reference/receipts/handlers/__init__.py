"""What starts a stage: Lambda handlers, and operations. They parse, wire, and call one stage."""
