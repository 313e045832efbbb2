"""The function whose work is cut: it computes, and prints one line on how long that took.

Deployed alone, without the core: nothing here may import it.
"""

import hashlib
import json
import os
import time
from pathlib import Path

_LOADED = time.time()


def _init_s() -> float:
    """From the start of this process until it can take an event, in seconds (Linux)."""
    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    loaded = time.clock_gettime(time.CLOCK_BOOTTIME) - (time.time() - _LOADED)
    return loaded - int(after_name[19]) / os.sysconf("SC_CLK_TCK")


_environment = {"cold": True}


def compute(rounds: int) -> None:
    """So much work: it is the same for the same `rounds`, and one core's alone."""
    hashlib.pbkdf2_hmac("sha256", b"receipt", b"piece", rounds)


def handler(event: dict[str, list[dict[str, str]]], _context: object) -> None:
    """Do each message's rounds."""
    began, processor = time.time(), time.process_time()
    init_s = _init_s()  # here and not when it is imported: macOS has neither the clock nor /proc
    for record in event["Records"]:
        compute(json.loads(record["body"])["rounds"])
    done = {
        "pieces": len(event["Records"]),
        "began": began,
        "ended": time.time(),
        "cpu_s": time.process_time() - processor,
        "init_s": init_s,
        **_environment,
    }
    _environment["cold"] = False
    print("worked " + json.dumps(done), flush=True)  # noqa: T201 - a log line, read by the lab
