"""Measures how well receipts are read: on real, labelled ones, never on rendered receipts.

`labelled` loads a set, `scoring` compares readings with it, `engine_cache` caches an engine's
words, `logit` fits the weights of the evidence, `crossval` fits them without each receipt's
merchant, `bench` measures, `agreement` what other receipts add.
"""
