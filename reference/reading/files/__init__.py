"""What customers send: which files may hold a receipt, the archives they come in, and their names.

- `archive`: the entries of a ZIP that lies elsewhere, by ranges.
- `kinds`: the one list of kinds of file, told by their first bytes.
- `left_out`: what is no receipt, as its path tells.
- `limits`: how large and how many.
- `text`: makes text from strangers safe to store and to show.
"""
