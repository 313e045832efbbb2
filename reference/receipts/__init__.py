"""The small core: what runs in Lambda and on the client's premises.

A receipt's path is the reading order: `batch`, `receipt` and `messages` are the words,
`accept_batch`, `split_upload`, `read_receipt` and `write_receipts` the stages, `ports` what they
need of the outside, `adapters` how AWS and PostgreSQL give it, `entrypoints` where it all starts.
"""
