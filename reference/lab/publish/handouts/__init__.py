"""Handouts for a workshop: PDFs from the site's own Markdown, typeset with Typst."""
