"""The programs of other people that these tests run, and where Debian has them."""

import shutil
import sys

PACKAGES = {
    "7zz": "7zip",
    "avifenc": "libavif-bin",
    "bsdtar": "libarchive-tools",
    "chromium": "chromium",
    "exiftool": "libimage-exiftool-perl",
    "heif-enc": "libheif-examples",
    "identify": "imagemagick",
    "img2pdf": "img2pdf",
    "img2webp": "webp",
    "jar": "default-jdk-headless",
    "strace": "strace",
    "systemd-analyze": "systemd",
    "zip": "zip",
}
"""Each program, and the package of Debian that holds it."""


def missing() -> list[str]:
    """The packages whose programs are not on the PATH."""
    return sorted(package for name, package in PACKAGES.items() if not shutil.which(name))


if __name__ == "__main__":
    sys.stdout.write(" ".join(missing()))
