"""Measures the January peak: the client's database with and without the buffer.

`design` has the routes that are compared, and the numbers with their reasons. `replay_corpus` has
the results to write. Three processes stand for three machines: `server` (the database), `routes`
(our writers) and `lab.run.expenses.app` (the client's app). `measure` runs them in short blocks in
random order, `knee` finds the rate that the app begins to feel, `analysis` computes the figures,
`aims` judges them, `report` and `figure` show them.
"""
