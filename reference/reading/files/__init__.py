"""What customers send: which files may hold a receipt, the archives they come in, and their names.

- `archive`: the entries of a ZIP that lies elsewhere, by ranges.
- `kinds`: the one list of kinds of file, told by their first bytes.
- `left_out`: what is no receipt, as its path tells.
