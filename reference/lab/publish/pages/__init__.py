"""Builds the workshop site's pages: values, tables, pictures and glossary links for MkDocs.

`lab/mkdocs_hook.py`, which `mkdocs.yml` names, calls these. Nothing here is needed to run the
system.
"""
