"""From grey pixels to what the networks take."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def as_input(image: Image.Image) -> NDArray[np.float32]:
    """A grey image as one picture of three equal colours, from -1 for black to 1 for white."""
    grey = np.asarray(image, np.float32) * np.float32(2 / 255) - np.float32(1)
    return np.ascontiguousarray(np.broadcast_to(grey, (1, 3, *grey.shape)))
