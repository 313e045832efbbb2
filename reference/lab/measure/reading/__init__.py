"""How well receipts are read: measured on real, labelled ones, never on rendered receipts.

`labelled` loads a set, `scoring` compares readings with it, `remembered` stores what an engine
read, `logit` fits the weights of the evidence, `crossval` reads each receipt with weights that were
fitted without its merchant, `bench` measures and `command` is the command line.
"""
