"""Plans a peak: a model of the whole path, from the first upload to the last row.

Reading order: `facts` (constants with their sources), `fanout` and `cost` (closed forms),
`settings` (the question), `arrivals`, `reading`, `write_windows` and `writing` (the recurrence over
receipts), `plan` (the answer), `verdict` (the answer in words), `scale` (1 thousand to 10 million
receipts), `emulator` (predictions for the local system), `vectors` (what the page's script shares
with these).
"""
