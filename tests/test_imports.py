"""Every module can be imported where a Mac lacks what Linux has."""

import subprocess
import sys

import pytest

from helpers import every_module

AS_ON_A_MAC = """
import importlib, os, resource, select, signal, socket, sys, time

import psutil  # its own modules for Linux and for macOS read what is there

LINUX_ONLY = {
    os: (
        "copy_file_range eventfd getrandom getresgid getresuid memfd_create pidfd_open pipe2"
        " posix_fadvise posix_fallocate sched_getaffinity sched_setaffinity sched_getscheduler"
        " sched_setscheduler sched_getparam sched_setparam sched_rr_get_interval setns setresgid"
        " setresuid splice unshare getxattr setxattr listxattr removexattr"
    ),
    resource: "prlimit RUSAGE_THREAD RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_SIGPENDING",
    select: "epoll",
    signal: "SIGPOLL SIGPWR SIGRTMAX SIGRTMIN SIGSTKFLT sigtimedwait sigwaitinfo",
    socket: (
        "AF_ALG AF_NETLINK AF_PACKET MSG_NOSIGNAL SO_BINDTODEVICE SO_MARK SO_PEERCRED SO_PRIORITY"
        " SOCK_CLOEXEC SOCK_NONBLOCK TCP_CORK TCP_DEFER_ACCEPT TCP_KEEPIDLE TCP_QUICKACK"
        " TCP_SYNCNT TCP_USER_TIMEOUT"
    ),
    time: "CLOCK_BOOTTIME CLOCK_TAI",
    psutil.Process: "cpu_affinity ionice io_counters rlimit",
}
for where, names in LINUX_ONLY.items():
    for name in names.split():
        if hasattr(where, name):
            delattr(where, name)


def no_proc(event, arguments):
    if event == "open" and str(arguments[0]).startswith(("/proc/", "/sys/", "/dev/shm/")):
        raise FileNotFoundError(arguments[0])


sys.addaudithook(no_proc)
sys.modules["tesserocr"] = None

for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}")
"""


@pytest.mark.slow
def test_every_module_can_be_imported_without_what_a_mac_lacks() -> None:
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", AS_ON_A_MAC, *every_module.names()],
        env={"PYTHONPATH": ":".join(map(str, every_module.FOLDERS))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == []
