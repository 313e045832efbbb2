"""The January peak, measured: the client's database with and without the buffer.

`design` says what is compared and why so, `recorded` where the results come from, `server` and
`routes` and `lab.run.expenses.app` are the three machines (database, our writers, the client's
app), `measure` runs them in short blocks in random order, `analysis` makes numbers of it, `figure`
draws.
"""
