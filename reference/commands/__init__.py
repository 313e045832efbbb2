"""What people type: a customer sends photos, an operator settles, audits and puts back.

None of it is deployed: it stands on the pattern, and the pattern knows nothing of it.
"""
