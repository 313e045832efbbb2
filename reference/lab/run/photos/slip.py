"""A slip of paper, printed line by line with what a receipt printer can do."""

import random
from typing import Literal

from PIL import Image, ImageDraw, ImageOps

from lab.run.photos.fonts import ARCHIVO_BLACK, Face

INK = 255
TALL_FACTOR = 1.25  # a tall line is this much higher
PAPER_HEIGHT = 4000  # dots of paper; cropped to what was printed


class Slip:
    """A strip of paper, `width` dots wide.

    Also in dots: `size` (the em), `margin` (the border on each side), and `min_height`, for a sheet
    that is not cut below its last line.
    A thermal head has 8 dots a millimetre: 576 across 80 mm paper, 384 across 58 mm.
    """

    def __init__(
        self, width: int, face: Face, size: int, margin: int, *, min_height: int = 0
    ) -> None:
        self.min_height = min_height
        self.width, self.face, self.size, self.margin = width, face, size, margin
        self._ink = Image.new("L", (width, PAPER_HEIGHT))
        self._draw = ImageDraw.Draw(self._ink)
        self._y = margin

    @property
    def inner(self) -> int:
        """The printable width in dots."""
        return self.width - 2 * self.margin

    def length(self, text: str, *, scale: float = 1.0, bold: bool = False) -> float:
        """Return how wide `text` prints, in dots."""
        return self.face.font(self.size * scale, bold=bold).getlength(text)

    def wrapped(
        self, text: str, room: float, *, scale: float = 1.0, bold: bool = False
    ) -> list[str]:
        """Return `text` in lines of at most `room` dots; a longer single word stays whole."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.length(longer, scale=scale, bold=bold) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines or [""]

    def centred(
        self, text: str, *, scale: float = 1.0, bold: bool = False, tall: bool = False
    ) -> None:
        """Print `text` in the middle, on as many lines as it needs."""
        for line in self.wrapped(text, self.inner, scale=scale, bold=bold):
            x = (self.width - self.length(line, scale=scale, bold=bold)) / 2
            self._print(line, x, scale=scale, bold=bold, tall=tall)
            self._advance(scale, tall=tall)

    def left(
        self, text: str, *, scale: float = 1.0, bold: bool = False, indent: float = 0.0
    ) -> None:
        """Print `text` from the left margin, `indent` ems in, on as many lines as it needs."""
        start = self.margin + indent * self.size
        for line in self.wrapped(text, self.width - self.margin - start, scale=scale, bold=bold):
            self._print(line, start, scale=scale, bold=bold)
            self._advance(scale)

    def pair(
        self,
        left: str,
        right: str,
        *,
        scale: float = 1.0,
        bold: bool = False,
        tall: bool = False,
        indent: float = 0.0,
    ) -> None:
        """Print `left` and, at the right margin, `right`; a long `left` wraps before it."""
        wide = self.length(right, scale=scale, bold=bold)
        start = self.margin + indent * self.size
        room = self.width - self.margin - start - wide - self.size
        lines = self.wrapped(left, room, scale=scale, bold=bold)
        for line in lines:
            self._print(line, start, scale=scale, bold=bold, tall=tall)
            if line is lines[-1]:
                x = self.width - self.margin - wide
                self._print(right, x, scale=scale, bold=bold, tall=tall)
            self._advance(scale, tall=tall)

    def columns(self, cells: tuple[tuple[str, float], ...], *, bold: bool = False) -> None:
        """Print cells `(text, edge)`, each edge a share of the inner width.

        A cell at 0 starts there; any other ends there, as figures in a table do.
        """
        for text, edge in cells:
            x = self.margin + edge * self.inner
            self._print(text, x if edge == 0 else x - self.length(text, bold=bold), bold=bold)
        self._advance()

    def rule(self, style: Literal["-", "=", "*", "line"] = "-") -> None:
        """Print a line of characters from margin to margin, or a drawn hairline."""
        if style == "line":
            y = self._y + self.size // 2
            right = self.width - self.margin
            self._draw.line((self.margin, y, right, y), INK, max(self.size // 12, 2))
            self._y += self.size
        else:
            count = int(self.inner / self.length(style))
            self._print(style * count, self.margin)
            self._advance()

    def gap(self, lines: float = 1.0) -> None:
        """Feed the paper by this many lines."""
        self._y += round(lines * self.size * 1.2)

    def signboard(self, name: str, *, inverse: bool, scale: float = 1.9) -> None:
        """Print a shop's name as its logo: heavy letters, white on black if `inverse`."""
        font = ARCHIVO_BLACK.font(self.size * scale)
        while font.getlength(name) > self.inner * 0.92:
            scale *= 0.92
            font = ARCHIVO_BLACK.font(self.size * scale)
        height = round(self.size * scale * 1.5)
        board = Image.new("L", (self.width, height))
        draw = ImageDraw.Draw(board)
        draw.text((self.width / 2, height / 2), name, fill=INK, font=font, anchor="mm")
        if inverse:
            plate = ImageOps.invert(board.crop((self.margin, 0, self.width - self.margin, height)))
            board.paste(plate, (self.margin, 0))
        self._ink.paste(board, (0, self._y))
        self._y += height + self.size // 3

    def barcode(self, rng: random.Random, digits: str) -> None:
        """Print a made-up bar code and its digits."""
        module = max(self.width // 260, 2)
        height = round(self.size * 2.2)
        widths = [rng.choice((1, 1, 2, 3)) for _ in range(len(digits) * 6)]
        x = (self.width - sum(widths) * module) // 2
        for position, width in enumerate(widths):
            if position % 2 == 0:
                box = (x, self._y, x + width * module - 1, self._y + height)
                self._draw.rectangle(box, INK)
            x += width * module
        self._y += height + self.size // 4
        self.centred(digits, scale=0.8)

    def matrix_code(self, rng: random.Random, modules: int = 25) -> None:
        """Print a made-up square code."""
        code = Image.frombytes("1", (modules, modules), rng.randbytes((modules + 7) // 8 * modules))
        code = code.convert("L")
        draw = ImageDraw.Draw(code)
        for x, y in ((0, 0), (modules - 7, 0), (0, modules - 7)):
            draw.rectangle((x - 1, y - 1, x + 7, y + 7), 0)
            draw.rectangle((x, y, x + 6, y + 6), 0, INK)
            draw.rectangle((x + 2, y + 2, x + 4, y + 4), INK)
        side = modules * max(self.width // 110, 4)
        self._ink.paste(
            code.resize((side, side), Image.Resampling.NEAREST), ((self.width - side) // 2, self._y)
        )
        self._y += side + self.size // 2

    def finished(self) -> Image.Image:
        """Return the ink so far: mode L, 255 where black, the paper cut below the last line."""
        height = min(max(self._y + self.margin, self.min_height), PAPER_HEIGHT)
        return self._ink.crop((0, 0, self.width, height))

    def _print(
        self, text: str, x: float, *, scale: float = 1.0, bold: bool = False, tall: bool = False
    ) -> None:
        font = self.face.font(self.size * scale, bold=bold)
        if not tall:
            self._draw.text((round(x), self._y), text, fill=INK, font=font)
            return
        # Printers have a command for double height: the same dots, stretched.
        row = Image.new("L", (self.width, round(self.size * scale * 1.3)))
        ImageDraw.Draw(row).text((round(x), 0), text, fill=INK, font=font)
        stretched = row.resize((row.width, round(row.height * TALL_FACTOR)))
        self._ink.paste(stretched, (0, self._y), stretched)

    def _advance(self, scale: float = 1.0, *, tall: bool = False) -> None:
        self._y += round(self.size * scale * 1.2 * (TALL_FACTOR if tall else 1.0))
