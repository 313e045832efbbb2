"""Builds the workshop site's pages: values, tables, pictures and glossary links for MkDocs.

`hook.py` is what `mkdocs.yml` names; it calls the others. Nothing here is needed to run the system.
"""
