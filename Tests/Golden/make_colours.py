#!/usr/bin/env python3
"""Writes the colour tables of Sources/Images and the golden colours of Tests/ImagesTests.

    python Tests/Golden/make_colours.py

The tables are the 256 entries that matplotlib and cmocean give, so a tile drawn here and a figure
drawn in Python show the same colours. Whether a map is safe for colour-blind readers is measured:
see `smallest_difference`. The golden colours come from matplotlib's own Normalize, LogNorm and
SymLogNorm, never from our code.

Needs numpy, matplotlib and cmocean.
"""
import json
import pathlib

import cmocean
import matplotlib
import numpy
from matplotlib import colors

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = ROOT / "Sources" / "Images"
FIXTURES = ROOT / "Tests" / "ImagesTests" / "Fixtures"

# group, name, licence of the table
MATPLOTLIB = {
    "sequential": ["viridis", "magma", "inferno", "plasma", "cividis", "gray", "bone"],
    "diverging": ["RdBu", "RdYlBu", "BrBG", "PuOr", "coolwarm", "Spectral"],
    "cyclic": ["twilight"],
    "rainbow": ["turbo"],
}
OCEAN = {
    "ocean": [
        "thermal", "haline", "solar", "ice", "gray", "oxy", "deep", "dense", "algae", "matter",
        "turbid", "speed", "amp", "tempo", "rain",
    ],
    "diverging": ["balance", "delta", "curl", "diff", "tarn", "topo"],
    "cyclic": ["phase"],
}

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
}


def table(name, ocean):
    colourmap = getattr(cmocean.cm, name) if ocean else matplotlib.colormaps[name]
    rgba = colourmap(numpy.arange(256) if colourmap.N == 256 else (numpy.arange(256) + 0.5) / 256,
                     bytes=True)
    assert rgba.shape == (256, 4) and (rgba[:, 3] == 255).all()
    return rgba[:, :3]


def linear(srgb):
    s = srgb / 255.0
    return numpy.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB (D65) of linear RGB."""
    xyz = rgb @ numpy.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                             [0.0193339, 0.1191920, 0.9503041]]).T
    f = xyz / [0.95047, 1.0, 1.08883]
    f = numpy.where(f > (6 / 29) ** 3, numpy.cbrt(f), f / (3 * (6 / 29) ** 2) + 4 / 29)
    return numpy.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]),
                        200 * (f[:, 1] - f[:, 2])], axis=1)


def smallest_difference(rgb):
    """The smallest CIELAB distance between two entries a quarter of the map or more apart, as
    seen with the worse of the two common deficiencies."""
    apart = numpy.abs(numpy.subtract.outer(numpy.arange(256), numpy.arange(256))) >= 64
    least = numpy.inf
    for matrix in DEFICIENCIES.values():
        seen = lab(numpy.clip(linear(rgb) @ numpy.array(matrix).T, 0, 1))
        distance = numpy.linalg.norm(seen[:, None] - seen[None], axis=2)
        least = min(least, distance[apart].min())
    return least


# Below this two far values may look alike. All the maps published as colour-blind safe lie above.
SAFE = 10.0


def swift_tables(type_name, title, licence, groups, ocean):
    lines = [
        "// Written by Tests/Golden/make_colours.py; do not edit.",
        f"// {licence}",
        "",
        f"/// {title}",
        f"enum {type_name} {{",
        "  /// Name, group, safe for colour-blind readers, 256 colours as `rrggbb`.",
        "  static let tables: [ColourTable] = [",
    ]
    for group, names in groups.items():
        for name in names:
            rgb = table(name, ocean)
            # A rainbow's lightness goes up and down: without hue, far values look alike.
            least = 0.0 if group == "rainbow" else smallest_difference(rgb)
            text = rgb.tobytes().hex()
            # cmocean's gray must not hide matplotlib's
            shown = "oceanGray" if ocean and name == "gray" else name
            print(f"{shown:10} {group:10} smallest difference {least:5.1f}",
                  "safe" if least >= SAFE else "")
            lines += [
                "    ColourTable(",
                f"      name: \"{shown}\", group: .{group}, "
                f"isSafe: {'true' if least >= SAFE else 'false'},",
                "      hex: \"\"\"",
            ]
            pieces = [text[i:i + 90] for i in range(0, len(text), 90)]
            lines += [f"        {piece}\\" for piece in pieces[:-1]]
            lines += [f"        {pieces[-1]}", "        \"\"\"),"]
    lines += ["  ]", "}", ""]
    (IMAGES / f"{type_name}.swift").write_text("\n".join(lines))


def golden():
    """Colours of sample values by matplotlib, with bare Normalize classes."""
    random = numpy.random.default_rng(1)
    cases = []
    for name, ocean, norm, range_, linthresh in [
        ("viridis", False, "linear", (0.0, 1.0), None),
        ("thermal", True, "linear", (271.15, 305.0), None),
        ("balance", True, "linear", (-4.0, 4.0), None),
        ("turbo", False, "linear", (-1e30, 3e30), None),
        ("algae", True, "logarithmic", (0.01, 30.0), None),
        ("magma_r", False, "logarithmic", (1e-12, 1e-3), None),
        ("RdBu_r", False, "symmetric", (-1000.0, 1000.0), 10.0),
        ("topo", True, "symmetric", (-8000.0, 8000.0), 100.0),
    ]:
        base = name.removesuffix("_r")
        rgb = table(base, ocean)
        if name.endswith("_r"):
            rgb = rgb[::-1]
        colourmap = colors.ListedColormap(rgb / 255.0)
        if norm == "linear":
            scale = colors.Normalize(*range_)
            values = random.uniform(*range_, 200)
        elif norm == "logarithmic":
            scale = colors.LogNorm(*range_)
            values = numpy.exp(random.uniform(*numpy.log(range_), 200))
        else:
            scale = colors.SymLogNorm(linthresh, linscale=1.0, vmin=range_[0], vmax=range_[1],
                                      base=10)
            values = numpy.concatenate([random.uniform(*range_, 100),
                                        random.uniform(-linthresh * 2, linthresh * 2, 100)])
        values = numpy.concatenate([values.astype("f4").astype("f8"), range_])
        cases.append({
            "colourMap": name, "scale": norm, "range": range_, "linearWithin": linthresh,
            "values": values.tolist(),
            "positions": [float(p) for p in scale(values)],
            "colours": ["%02x%02x%02x" % tuple(c[:3]) for c in colourmap(scale(values),
                                                                         bytes=True)],
        })
    stops = [(0.0, "#003f5c"), (0.25, "#bc5090"), (1.0, "#ffa600")]
    custom = colors.LinearSegmentedColormap.from_list("custom", stops)(numpy.arange(256),
                                                                      bytes=True)
    document = {"scales": cases,
                "stops": {"stops": stops, "hex": custom[:, :3].tobytes().hex()},
                "tables": {name: table(name, ocean).tobytes().hex()
                           for name, ocean in [("viridis", False), ("phase", True)]}}
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / "colours.json").write_text(json.dumps(document))


swift_tables("MatplotlibColours", "Colour maps as matplotlib has them.",
             "matplotlib's tables: viridis, magma, inferno, plasma and cividis are CC0; turbo is "
             "Apache-2.0;\n// RdBu, RdYlBu, BrBG, PuOr and Spectral are ColorBrewer's, Apache-2.0; "
             "coolwarm is\n// K. Moreland's, twilight B. Bechtold's, CC0.", MATPLOTLIB, False)
swift_tables("OceanColours", "Colour maps as cmocean has them (Thyng and others 2016, Oceanography 29, 3).",
             "cmocean's tables, MIT, copyright 2015 Kristen M. Thyng.", OCEAN, True)
golden()
