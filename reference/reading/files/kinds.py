"""The one list of the kinds of file: which may hold a receipt, and what the others are called.

A kind is told by a file's first bytes. Its name is only a hint, for where there is nothing else (an
archive's directory): cameras, browsers and phones call a JPEG `.jfif`, `.jpe`, `.jpg.download` or
nothing at all.
"""

import re
from pathlib import PurePosixPath

from msgspec import Struct

HEAD_BYTES = 2048
"""How many of a file's first bytes `kind_of` needs: a PDF may begin 1,024 bytes late."""


class FileKind(Struct, frozen=True):
    """A kind of file: its name for people, its media type, and the suffixes that it goes by.

    `is_receipt`: it may hold a receipt, and is read. `is_archive`: it holds other files.
    """

    name: str
    content_type: str
    suffixes: tuple[str, ...]
    is_receipt: bool = False
    is_archive: bool = False

    @property
    def with_article(self) -> str:
        """Its name within a sentence."""
        first = self.name.split()[0]
        spoken = "AEFHILMNOSX" if first.isupper() and first.isalpha() else "AEIOaeio"
        return f"{'an' if first[0] in spoken or first in {'MP4', 'xz'} else 'a'} {self.name}"


JPEG = FileKind("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif", ".jpe", ".mpo"), is_receipt=True)
PNG = FileKind("PNG", "image/png", (".png", ".apng"), is_receipt=True)
WEBP = FileKind("WebP", "image/webp", (".webp",), is_receipt=True)
GIF = FileKind("GIF", "image/gif", (".gif",), is_receipt=True)
BMP = FileKind("BMP", "image/bmp", (".bmp", ".dib"), is_receipt=True)
TIFF = FileKind("TIFF", "image/tiff", (".tif", ".tiff"), is_receipt=True)
HEIC = FileKind("HEIC", "image/heic", (".heic", ".heics"), is_receipt=True)
HEIF = FileKind("HEIF", "image/heif", (".heif", ".hif", ".heifs"), is_receipt=True)
AVIF = FileKind("AVIF", "image/avif", (".avif", ".avifs"), is_receipt=True)
PDF = FileKind("PDF", "application/pdf", (".pdf",), is_receipt=True)

ZIP = FileKind("ZIP archive", "application/zip", (".zip",), is_archive=True)
TAR = FileKind("tar archive", "application/x-tar", (".tar",), is_archive=True)
SEVEN_ZIP = FileKind("7z archive", "application/x-7z-compressed", (".7z",), is_archive=True)
RAR = FileKind("RAR archive", "application/vnd.rar", (".rar",), is_archive=True)
TEXT = FileKind("text file", "text/plain", (".txt", ".csv", ".eml", ".md", ".log", ".ini"))
MP4 = FileKind("MP4 film", "video/mp4", (".mp4", ".m4v", ".3gp"))
MOV = FileKind("QuickTime film", "video/quicktime", (".mov", ".qt"))
OFFICE = FileKind(
    "office document",
    "application/vnd.ms-office",
    (".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".msg"),
)

_BEGINS_WITH = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),  # BigTIFF
    (b"MM\0+", TIFF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),  # holds nothing
    (b"PK\x07\x08", ZIP),  # one part of several
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"Rar!\x1a\x07", RAR),
    (b"\x1f\x8b\x08", FileKind("gzip file", "application/gzip", (".gz", ".tgz"))),
    (b"\xfd7zXZ\0", FileKind("xz file", "application/x-xz", (".xz",))),
    (b"BZh91AY&SY", FileKind("bzip2 file", "application/x-bzip2", (".bz2",))),
    (b"\x28\xb5\x2f\xfd", FileKind("Zstandard file", "application/zstd", (".zst",))),
    (b"\0\x05\x16\x07", FileKind("AppleDouble file", "application/applefile", ())),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (b"8BPS", FileKind("Photoshop file", "image/vnd.adobe.photoshop", (".psd",))),
    (b"\xff\x0a", jxl := FileKind("JPEG XL", "image/jxl", (".jxl",))),
    (b"\0\0\0\x0cJXL ", jxl),
    (b"\0\0\0\x0cjP  ", FileKind("JPEG 2000", "image/jp2", (".jp2", ".j2k"))),
    (b"\x1a\x45\xdf\xa3", FileKind("Matroska film", "video/matroska", (".mkv", ".webm"))),
    (b"%!PS", FileKind("PostScript file", "application/postscript", (".ps", ".eps"))),
)
_RIFF = {
    b"WEBP": WEBP,
    b"AVI ": FileKind("AVI film", "video/x-msvideo", (".avi",)),
    b"WAVE": FileKind("sound file", "audio/wav", (".wav", ".mp3", ".m4a", ".aac", ".ogg", ".amr")),
}
_JSON = FileKind("JSON file", "application/json", (".json",))
_LIKE_JSON = re.compile(r'\{\s*["}]|\[\s*[\[{"\]]|\[\s*-?\d[\d.e+-]*\s*[,\]]|[{\[]\s*$')
_TEXTS = (
    ("{\\rtf", FileKind("RTF document", "application/rtf", (".rtf",))),
    ("<!doctype html", html := FileKind("HTML page", "text/html", (".html", ".htm"))),
    ("<html", html),
    ("<?xml", xml := FileKind("XML file", "application/xml", (".xml", ".xmp", ".plist"))),
    ("<svg", FileKind("SVG drawing", "image/svg+xml", (".svg",))),
    ("<x:xmpmeta", xml),
)
_BRANDS = (  # of ISO base media files, in the order of what they tell
    (AVIF, {b"avif", b"avis"}),
    (HEIC, {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}),
    (HEIF, {b"mif1", b"mif2", b"msf1", b"miaf"}),
)
_BMP_HEADER_BYTES = {12, 16, 40, 52, 56, 64, 108, 124}

KINDS = tuple(
    dict.fromkeys(
        kind
        for kind in (
            *(JPEG, PNG, WEBP, GIF, BMP, TIFF, HEIC, HEIF, AVIF, PDF),
            *(kind for _, kind in (*_BEGINS_WITH, *_RIFF.items(), *_TEXTS)),
            _JSON,
            *(OFFICE, MP4, MOV, TAR, TEXT),
        )
    )
)
"""Every kind that is known by name, those that may hold a receipt first."""

RECEIPT_KINDS = tuple(kind for kind in KINDS if kind.is_receipt)

_BY_SUFFIX = {suffix: kind for kind in KINDS for suffix in kind.suffixes}


def kind_of(head: bytes) -> FileKind | None:
    """The kind of the file that begins with `head` (`HEAD_BYTES` of it, or all); None: unknown."""
    for beginning, kind in _BEGINS_WITH:
        if head.startswith(beginning):
            return OFFICE if kind is ZIP and _is_office(head) else kind
    return _container_kind(head) or _late_kind(head) or _text_kind(head)


def kind_of_name(name: str) -> FileKind | None:
    """The kind that a file's name promises, for where there is no content; None: unknown."""
    return _BY_SUFFIX.get(PurePosixPath(name).suffix.lower())


def _container_kind(head: bytes) -> FileKind | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _media_kind(head)
    return MOV if head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"} else None


def _late_kind(head: bytes) -> FileKind | None:
    """By a mark that does not stand at the beginning."""
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_BYTES:
        return BMP
    if b"%PDF-" in head[: 1024 + 5]:  # readers take one that begins late, after a mail's lines
        return PDF
    return TAR if head[257:262] == b"ustar" else None


def _media_kind(head: bytes) -> FileKind:
    """By its brands, its own before those that it is also compatible with."""
    size = int.from_bytes(head[:4], "big")
    brand, others = head[8:12], {head[at : at + 4] for at in range(16, min(size, len(head)), 4)}
    general = _BRANDS[-1][1]
    for brands in ({brand} - general, others, {brand}):
        for kind, marks in _BRANDS:
            if brands & marks:
                return kind
    return MOV if brand == b"qt  " else MP4


def _is_office(head: bytes) -> bool:
    first = head[30:120]
    return first.startswith((b"[Content_Types].xml", b"_rels/", b"mimetypeapplication/vnd.oasis"))


def _text_kind(head: bytes) -> FileKind | None:
    """JSON, HTML, XML, or any other text; None for bytes that are none."""
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = head[:HEAD_BYTES].decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(head[:HEAD_BYTES]) - 4:  # not merely a character cut in two
            return None
        text = head[: error.start].decode(encoding)
    if not text.strip() or any(c < " " and c not in "\t\n\r\f\x1b" for c in text):
        return None
    text = text.lstrip().lower()
    if _LIKE_JSON.match(text):
        return _JSON
    return next((kind for mark, kind in _TEXTS if text.startswith(mark)), TEXT)
