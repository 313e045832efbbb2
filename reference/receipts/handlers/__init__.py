"""What starts a stage: Lambda handlers, and reconcile. They parse, wire, and call one stage."""
