"""The provenance of figures that tests make by hand."""

import datetime as dt

from lab.support.code_digest import code_digest
from lab.support.provenance import Provenance

PROVENANCE = Provenance(
    machine="Linux x86_64",
    cores=2,
    python="3.11.7",
    date=dt.date(2026, 11, 24),
    commit="abc1234",
    packages=("lab.support",),
    code=code_digest("lab.support"),
)
