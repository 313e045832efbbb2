"""Handouts for the room: PDFs from the same Markdown as the site, set by Typst."""
