"""What customers send: which files may hold a receipt, the archives they come in, and their names.

- `archive`: the entries of a ZIP that lies elsewhere, by ranges.
- `counted`: a file that tells how much of it was read.
- `folder`: what a folder holds, and why some of it is not sent.
- `kinds`: the one list of kinds of file, told by their first bytes.
- `left_out`: what is no receipt, as its path tells.
- `limits`: how large and how many.
- `text`: makes text from strangers safe to store and to show.
"""
