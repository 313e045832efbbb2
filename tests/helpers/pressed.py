"""The buttons of the live page, without a demo behind them."""


class Pressed:
    """Controls that only remember."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def press(self, name: str) -> str:
        self.done.append(name)
        return name

    def allow(self, rows_per_s: float) -> str:
        self.done.append(rows_per_s)
        return str(rows_per_s)
