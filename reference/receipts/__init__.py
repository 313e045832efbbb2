"""The pattern: what runs in Lambda and on the client's premises.

Read it along a receipt's path: `batch`, `ledger` and `messages` are the words, `accept_batch`,
`split_upload`, `read_receipt` and `agent.writer` the stages, `ports` what they need of the outside.
`aws` implements that, `handlers` start the stages in Lambda, `agent` runs the last one on premises.
"""
