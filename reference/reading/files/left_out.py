"""What is left out: files that came along with the receipts and are none, as their paths tell.

Only the path is looked at: of an archive the directory alone is read, no bytes. What these lists
don't know, any other suffix or none, goes to the reader, which judges by content. A dot in front
proves nothing: `.hidden/IMG_2.png` may be a receipt.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import translate

from msgspec import Struct

from reading.files.limits import MAX_NAME
from reading.files.text import printable, shortened

SYSTEM, DELETED, THUMBNAILS = "system files", "deleted files", "thumbnails"
FILMS, SOUND, DATA = "films", "sound recordings", "text and data"

MAX_NAMED = 10
"""Names that are kept of each kind: an archive may hold thousands of each."""

_FOLDERS = {
    SYSTEM: (
        *("__macosx", ".appledouble", ".spotlight-v100", ".fseventsd", ".temporaryitems"),
        *(".documentrevisions-v100", "system volume information", "lost+found", "lost.dir"),
        *("#snapshot", "@recently-snapshot", "@tmp", ".@upload_cache", ".@qsys", ".streams"),
        *(".synologyworkingdirectory", ".dropbox.cache", ".tmp.drive*", ".stfolder", ".stversions"),
    ),
    DELETED: (
        *("$recycle.bin", "recycler", "recycled", ".trash", ".trashes", ".trash-*"),
        *("#recycle", "@recycle", ".globaltrash"),
    ),
    THUMBNAILS: (
        "@eadir",
        ".@__thumb",
        "@__thumb",
        ".thumbnail",
        ".thumbnails",
        ".thumb",
        ".thumbs",
    ),
}
"""Patterns of folders, in small letters: what lies below one is left out."""

_FILES = {
    SYSTEM: (
        *("._*", ".ds_store", ".localized", ".apdisk", ".volumeicon.icns", "icon[\r\uf00d\ufffd]"),
        *(".com.apple.timemachine.*", "desktop.ini", "thumbs.db", "thumbs.db:*", "ehthumbs*.db"),
        *(".nomedia", ".pending-*", ".database_uuid", ".directory", ".fuse_hidden*", ".hidden"),
        *("zbthumbnail.info", ".picasa.ini", "picasa.ini", ".bridge*", "syno@.fileindexdb"),
        *(".dropbox", ".dropbox.attr", ".~lock.*#", "~$*", ".nfs[0-9a-f]*", ".sync_*.db*"),
        *(".gitkeep", ".gitignore", ".gitattributes"),
    ),
    DELETED: (".trashed-*",),
    THUMBNAILS: (".thumbdata*", "synofile_thumb*", "synophoto_thumb*"),
}
"""Patterns of files' own names; `Icon` ends with a carriage return, however it was kept."""

_SUFFIXES = {
    THUMBNAILS: ("thm", "ithmb"),
    # `.mp` is what moves in a Motion Photo; the photo beside it is `.MP.jpg`.
    FILMS: (
        *("mov", "mp4", "m4v", "mp", "3gp", "3g2", "3gpp", "avi", "mkv", "webm", "mts", "m2ts"),
        *("mpg", "mpeg", "wmv", "flv", "lrv"),
    ),
    SOUND: ("opus", "ogg", "oga", "m4a", "mp3", "aac", "amr", "wav", "flac", "wma", "caf", "weba"),
    DATA: (
        *("json", "html", "htm", "csv", "tsv", "xml", "txt", "log", "md", "ini", "plist", "yaml"),
        *("aae", "xmp", "vcf", "ics", "gpx", "kml", "srt", "vtt", "css", "js"),
        *("url", "lnk", "webloc", "sha256", "md5", "sfv"),
    ),
}


def _compiled(patterns: Mapping[str, Sequence[str]]) -> dict[str, re.Pattern[str]]:
    return {why: re.compile("|".join(map(translate, them))) for why, them in patterns.items()}


_FOLDER_NAMES, _FILE_NAMES = _compiled(_FOLDERS), _compiled(_FILES)
_BY_SUFFIX = {suffix: why for why, suffixes in _SUFFIXES.items() for suffix in suffixes}


def why_left_out(path: str) -> str | None:
    """The kind of the file if it is no receipt, for the sender; None for what goes to the reader.

    `path` as it stands in the archive, or from the folder that is sent: not whatever lies above it.
    Folders are parted by `/`, or as Windows does. Small and capital letters are the same.
    """
    *folders, name = path.lower().replace("\\", "/").split("/")
    for folder in folders:
        if why := _first_match(folder, _FOLDER_NAMES):
            return why
    stem, _, suffix = name.rpartition(".")
    return _first_match(name, _FILE_NAMES) or (_BY_SUFFIX.get(suffix) if stem else None)


def _first_match(name: str, patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    return next((why for why, pattern in patterns.items() if pattern.match(name)), None)


class LeftOutKind(Struct, frozen=True, kw_only=True):
    """How many files of a kind are left out, and the paths of the first `MAX_NAMED`."""

    kind: str
    """What these files are, in words."""
    count: int
    """How many of this kind."""
    names: tuple[str, ...]
    """The first paths, as they stand in the archive."""

    def __str__(self) -> str:
        """As the sender reads it."""
        more = self.count - len(self.names)
        names = [*self.names, f"and {more:,} more"] if more else self.names
        return f"{self.kind} {self.count:,} ({', '.join(names)})"


class LeftOut(Struct, frozen=True, kw_only=True):
    """How many files are left out, in all and by kind."""

    count: int = 0
    """How many, in all."""
    kinds: tuple[LeftOutKind, ...] = ()
    """The same, kind by kind."""

    def __str__(self) -> str:
        """As the sender reads it: empty where nothing is left out."""
        return ", ".join(map(str, self.kinds))


def sum_up(left_out: Iterable[tuple[str, str]]) -> LeftOut:
    """Count pairs of path and kind; of the names only the first are kept, as they may be shown."""
    paths: dict[str, list[str]] = {}
    for path, kind in left_out:
        paths.setdefault(kind, []).append(path)
    kinds = tuple(
        LeftOutKind(
            kind=kind,
            count=len(them),
            names=tuple(shortened(printable(it), MAX_NAME) for it in them[:MAX_NAMED]),
        )
        for kind, them in paths.items()
    )
    return LeftOut(count=sum(kind.count for kind in kinds), kinds=kinds)
