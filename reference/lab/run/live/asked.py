"""What a page asks for: a small JSON body of a known form."""

from typing import TypeVar

from msgspec import DecodeError, json
from starlette.requests import Request

from lab.support.errors import LabError

T = TypeVar("T")


class AskedError(LabError):
    """The body isn't what its address takes; the text says why."""


async def asked(request: Request, form: type[T], most_bytes: int) -> T:
    """Read the request's body. Raises `AskedError` if it is longer, or of another form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise AskedError("that is too long")
    try:
        return json.decode(body, type=form)
    except (DecodeError, UnicodeError) as error:
        raise AskedError(str(error)) from error
