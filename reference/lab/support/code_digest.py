"""A digest of code and its data: tells whether today's made a figure or a cached answer.

It ignores comments, docstrings and formatting, so that new wording makes no figure old.
"""

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lab.support.paths import REFERENCE


def code_digest(*packages: str, root: Path = REFERENCE) -> str:
    """The digest of the Python, SQL and TOML in packages or modules, named dotted, under `root`.

    It is the same in every version of Python. Raises FileNotFoundError for an unknown name.
    """
    digest = hashlib.sha256()
    for package in packages:
        for path in _sources(root.joinpath(*package.split("."))):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(_file_digest(path, path.stat().st_mtime_ns))
    return digest.hexdigest()[:16]


@cache  # a build of the site asks a dozen times
def _file_digest(path: Path, _changed_ns: int) -> bytes:
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".py":
            tokens = _tokens(ast.parse(text))
        case ".toml":
            tokens = _tokens(tomllib.loads(text))
        case _:
            tokens = iter(_words(text))
    return hashlib.sha256(" ".join(tokens).encode(errors="surrogatepass")).digest()


def _sources(package: Path) -> list[Path]:
    if package.is_dir():
        return sorted(it for it in package.rglob("*") if it.suffix in {".py", ".sql", ".toml"})
    return [package.with_suffix(".py")]


def _tokens(value: object) -> Iterator[str]:
    """A syntax tree as a sequence of tokens, without empty fields.

    Each version of Python has empty fields of its own, so `ast.dump` would differ between them.
    """
    match value:
        case ast.Constant():
            yield repr(value.value)
        case ast.AST():
            yield f"({type(value).__name__}"
            for name, part in ast.iter_fields(value):
                if part is not None and part != []:
                    yield f"{name}="
                    yield from _tokens(part)
            yield ")"
        case list():
            yield "["
            for part in value:
                if not _is_docstring(part):
                    yield from _tokens(part)
            yield "]"
        case _:
            yield repr(value)


def _is_docstring(node: object) -> bool:
    """Whether it is a text alone: the docstring of a module, class, function or attribute."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def _words(sql: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", re.sub(r"--.*", "", sql))
