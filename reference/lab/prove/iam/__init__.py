"""IAM as AWS documents it, for what our templates use: who may do what, and which right is unused.

What it doesn't know, it refuses: a policy that is read wrongly would let everything look right.
"""
