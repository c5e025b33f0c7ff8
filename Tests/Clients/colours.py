"""The colour of a value, written anew from the definition in Sources/Images/Style.swift.

The colours themselves come from matplotlib and cmocean, which is where their names come from.
"""

from dataclasses import dataclass, field

import cmocean
import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

BINS = 253


def colour_table(name_or_colours) -> np.ndarray:
    """256 × RGBA of a named map, or of evenly spaced `#rrggbb` colours."""
    if isinstance(name_or_colours, str):
        name = name_or_colours.removeprefix("cmo.")
        base = name.removesuffix("_r")
        table = getattr(cmocean.cm, name, None) if base in cmocean.cm.cmapnames else None
        table = table if table is not None else matplotlib.colormaps[name]
    else:
        table = LinearSegmentedColormap.from_list("custom", name_or_colours, 256)
    return (table.resampled(256) if table.N != 256 else table)(np.arange(256), bytes=True)


def rgba(text) -> np.ndarray:
    """`#rrggbb[aa]` as four numbers."""
    digits = text.lstrip("#")
    digits += "ff" if len(digits) == 6 else ""
    return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4, 6)], dtype=np.uint8)


@dataclass
class Style:
    """How one variable is drawn."""

    id: str
    colours: object = "viridis"
    scale: str = "linear"  # linear, log, symmetric, categorical
    range: tuple = (0.0, 1.0)
    threshold: float = 1.0  # of a symmetric scale
    below: str | None = None
    above: str | None = None
    missing: str = "#00000000"
    interpolation: str = "bilinear"
    categories: list = field(default_factory=list)  # (value, "#rrggbb")

    def _position(self, values):
        def transformed(v):
            v = np.asarray(v, dtype=np.float64)
            if self.scale == "log":
                return np.log(v)
            if self.scale == "symmetric":
                size = np.abs(v)
                with np.errstate(divide="ignore", invalid="ignore"):
                    outer = np.sign(v) * self.threshold * (10 / 9 + np.log10(size / self.threshold))
                return np.where(size > self.threshold, outer, v * 10 / 9)
            return v

        low, high = transformed(self.range[0]), transformed(self.range[1])
        with np.errstate(divide="ignore", invalid="ignore"):
            return (transformed(values) - low) / (high - low)

    def bins(self, values) -> np.ndarray:
        """Bin of each value: -1 below, BINS above, -2 missing."""
        values = np.asarray(values, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            bins = np.floor(self._position(values) * BINS)
            bins = np.clip(np.nan_to_num(bins), 0, BINS - 1).astype(np.int32)
            bins[values < self.range[0]] = -1
            bins[values > self.range[1]] = BINS
        bins[np.isnan(values)] = -2
        return bins

    def palette(self) -> dict:
        """Colour of every bin of `bins`."""
        table = colour_table(self.colours)
        colours = {k: table[(2 * k + 1) * 256 // (2 * BINS)] for k in range(BINS)}
        colours[-2] = rgba(self.missing)
        colours[-1] = rgba(self.below) if self.below else colours[0]
        colours[BINS] = rgba(self.above) if self.above else colours[BINS - 1]
        return colours

    def draw(self, values) -> np.ndarray:
        """RGBA of an array of values."""
        values = np.asarray(values)
        if self.scale == "categorical":
            picture = np.broadcast_to(rgba(self.missing), values.shape + (4,)).copy()
            for value, colour in self.categories:
                picture[np.float32(values) == np.float32(value)] = rgba(colour)
            return picture
        palette = self.palette()
        table = np.zeros((BINS + 3, 4), dtype=np.uint8)
        for number, colour in palette.items():
            table[number + 2] = colour
        return table[self.bins(values) + 2]

    def bins_off(self, picture: np.ndarray, values: np.ndarray) -> np.ndarray:
        """How many bins each pixel of a picture is away from the value it should show.

        Fully transparent pixels and missing values agree with each other (0) and with nothing else
        (255). The bin of a pixel is the closest of those that have its colour.
        """
        palette = self.palette()
        keys = {}
        for number, colour in palette.items():
            if number != -2:
                keys.setdefault(tuple(int(c) for c in colour), []).append(number)
        expected = self.bins(values)
        off = np.full(expected.shape, 255, dtype=np.int32)
        shown_missing = picture[..., 3] == 0
        off[shown_missing & (expected == -2)] = 0
        code = picture.astype(np.uint32) @ np.array([1 << 24, 1 << 16, 1 << 8, 1], dtype=np.uint32)
        for colour, numbers in keys.items():
            packed = sum(int(c) << s for c, s in zip(colour, (24, 16, 8, 0)))
            mask = (code == packed) & (expected != -2) & ~shown_missing
            if mask.any():
                wanted = np.clip(expected[mask], 0, BINS - 1)
                candidates = np.clip(np.array(numbers), 0, BINS - 1)
                off[mask] = np.abs(candidates[None, :] - wanted[:, None]).min(axis=1)
        return off

    def bins_of_picture(self, picture: np.ndarray) -> np.ndarray:
        """Bin of each pixel of a picture, the middle one of those of its colour; -2 if missing."""
        code = picture.astype(np.uint32) @ np.array([1 << 24, 1 << 16, 1 << 8, 1], dtype=np.uint32)
        bins = np.full(code.shape, -3, dtype=np.int32)
        numbers = {}
        for number, colour in self.palette().items():
            if 0 <= number < BINS:
                packed = sum(int(c) << s for c, s in zip(colour, (24, 16, 8, 0)))
                numbers.setdefault(packed, []).append(number)
        for packed, candidates in numbers.items():
            bins[code == packed] = candidates[len(candidates) // 2]
        bins[picture[..., 3] == 0] = -2
        return bins
