"""What a recipe says a site shows: read on its own, not through our program."""

from dataclasses import dataclass
from pathlib import Path

import xarray as xr
import yaml

from colours import Style
from cubes import Field, open_cube


@dataclass
class ShownVariable:
    """One variable of a recipe with its styles and the cube that it comes from."""

    dataset: str
    variable: str
    crs: str | None
    styles: list
    matrix_sets: list
    max_zoom: int | None
    cube: xr.Dataset
    sources: list

    @property
    def steps(self) -> int:
        """How many time steps there are; 0 without a time axis."""
        return self.cube.sizes["time"] if "time" in self.cube[self.variable].dims else 0

    def field(self, time: int | None = None) -> Field:
        return Field.of(self.cube, self.variable, self.crs, time if self.steps else None)


def read_style(entry: dict) -> Style:
    scale = entry.get("scale", "linear")
    style = Style(
        id=entry.get("id", "default"),
        colours=entry["colours"],
        scale="symmetric" if isinstance(scale, dict) else scale,
        threshold=scale["symmetric"] if isinstance(scale, dict) else 1.0,
        range=tuple(float(end) for end in entry["range"]),
    )
    for key in ("below", "above", "missing", "interpolation"):
        if key in entry:
            setattr(style, key, entry[key])
    return style


def read_recipe(path: Path) -> list:
    """Every variable that a recipe with explicit styles shows."""
    recipe = yaml.safe_load(path.read_text(encoding="utf-8"))
    shown = []
    for dataset in recipe["datasets"]:
        sources = dataset["source"]
        sources = [sources] if isinstance(sources, str) else sources
        sources = [str(path.parent / source) for source in sources]
        cube = open_cube(sources)
        for variable in dataset["variables"]:
            shown.append(
                ShownVariable(
                    dataset=dataset["id"],
                    variable=variable["name"],
                    crs=dataset.get("crs"),
                    styles=[read_style(style) for style in variable["styles"]],
                    matrix_sets=dataset["tile-matrix-sets"],
                    max_zoom=dataset.get("max-zoom"),
                    cube=cube,
                    sources=sources,
                )
            )
    return shown
