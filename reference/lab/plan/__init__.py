"""Will January hold? One model of the whole path, from the first upload to the last row.

Read in this order: `facts` (every constant, with its source), `fanout` and `cost` (closed forms,
which are the documentation), `settings` (what can be asked), `arrivals`, `reading`, `rhythm` and
`writing` (the recurrence over receipts), `plan` (one answer), `verdict` (the answer in words),
`scale` (1 thousand to 10 million receipts), `emulator` (predictions for the local system),
`vectors` (what the page's script shares with all this).
"""
