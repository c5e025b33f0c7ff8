"""A made site: its folder, its capabilities, and a server in front of it."""

import http.server
import re
import socket
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from matrices import MATRIX_SETS
from patience import PATIENCE, answers, eventually
from report import Failure, require

WMTS = "{http://www.opengis.net/wmts/1.0}"
OWS = "{http://www.opengis.net/ows/1.1}"
XLINK = "{http://www.w3.org/1999/xlink}"


@dataclass
class Layer:
    """What capabilities say about one variable; it may be divided into layers by tile matrix set."""

    id: str  # of the first of its layers
    title: str
    template: str
    format: str
    styles: dict  # id → legend address
    dimensions: dict  # id → (default, values)
    limits: dict  # tile matrix set → {z: (min row, max row, min column, max column)}
    boxes: dict = field(default_factory=dict)  # CRS → (lower corner, upper corner)
    places: dict = field(default_factory=dict)  # tile matrix set → (layer, the set's id there)

    def names(self, dataset: str, variable: str) -> bool:
        return f"/datasets/{dataset}/tiles/{variable}/" in self.template

    @property
    def time(self) -> str | None:
        """Identifier of the time dimension, in whatever case it is written."""
        return next((name for name in self.dimensions if name.lower() == "time"), None)

    @property
    def times(self) -> list:
        """The values of the time dimension."""
        return self.dimensions[self.time][1] if self.time else []

    def key(self, style: str, matrix_set: str, z: int, x: int, y: int, **dimensions) -> str:
        """Path of a tile inside the site."""
        path = self.template
        for name, (default, _) in self.dimensions.items():
            path = path.replace("{" + name + "}", dimensions.get(name, default))
        for name, value in [
            ("Style", style),
            ("TileMatrixSet", matrix_set),
            ("TileMatrix", z),
            ("TileRow", y),
            ("TileCol", x),
        ]:
            path = path.replace("{" + name + "}", str(value))
        return path[path.index("datasets/") :]


def read_layers(document: bytes) -> list:
    """The layers of a capabilities document."""
    root = ElementTree.fromstring(document)
    layers = {}
    for element in root.iter(f"{WMTS}Layer"):
        limits, places = {}, {}
        for link in element.findall(f"{WMTS}TileMatrixSetLink"):
            stated = {
                int(entry.findtext(f"{WMTS}TileMatrix")): tuple(
                    int(entry.findtext(WMTS + name))
                    for name in ("MinTileRow", "MaxTileRow", "MinTileCol", "MaxTileCol")
                )
                for entry in link.iter(f"{WMTS}TileMatrixLimits")
            }
            # The schema has no limits that end in row or column 0: such zooms are whole.
            declared = link.findtext(f"{WMTS}TileMatrixSet")
            # A set that ends earlier than others has a number behind its id.
            name = next(name for name in MATRIX_SETS if re.fullmatch(name + r"(-\d+)?", declared))
            places[name] = (element.findtext(f"{OWS}Identifier"), declared)
            finest = max(stated, default=0)
            columns, rows = (MATRIX_SETS[name].width, MATRIX_SETS[name].height)
            whole = {z: (0, (rows << z) - 1, 0, (columns << z) - 1) for z in range(finest + 1)}
            limits[name] = whole | stated
        resource = element.find(f"{WMTS}ResourceURL")
        template = resource.get("template")
        for name in places:
            template = template.replace(f"/{{Style}}/{name}/", "/{Style}/{TileMatrixSet}/")
        known = layers.get((template, resource.get("format")))
        if known:
            known.limits |= limits
            known.places |= places
            continue
        layers[template, resource.get("format")] = Layer(
            id=element.findtext(f"{OWS}Identifier"),
            title=element.findtext(f"{OWS}Title"),
            template=template,
            format=resource.get("format"),
            styles={
                style.findtext(f"{OWS}Identifier"): next(
                    (legend.get(f"{XLINK}href") for legend in style.iter(f"{WMTS}LegendURL")),
                    None,
                )
                for style in element.findall(f"{WMTS}Style")
            },
            dimensions={
                dimension.findtext(f"{OWS}Identifier"): (
                    dimension.findtext(f"{WMTS}Default"),
                    [value.text for value in dimension.findall(f"{WMTS}Value")],
                )
                for dimension in element.findall(f"{WMTS}Dimension")
            },
            limits=limits,
            places=places,
            boxes={
                box.get("crs"): (
                    box.findtext(f"{OWS}LowerCorner"),
                    box.findtext(f"{OWS}UpperCorner"),
                )
                for box in element.findall(f"{OWS}BoundingBox")
            },
        )
    return list(layers.values())


class Site:
    """A folder made by `cubepress build`."""

    CAPABILITIES = "wmts/1.0.0/WMTSCapabilities.xml"

    def __init__(self, folder: Path):
        self.folder = folder
        self.layers = read_layers((folder / self.CAPABILITIES).read_bytes())

    @property
    def base(self) -> str:
        """The address that the documents of the site are written with, ending in a slash."""
        template = self.layers[0].template
        return template[: template.index("datasets/")]

    def layer(self, dataset: str, variable: str) -> Layer:
        for layer in self.layers:
            if layer.names(dataset, variable):
                return layer
        raise Failure(f"no layer has a template with /datasets/{dataset}/tiles/{variable}/")

    def own_layer(self, dataset: str, variable: str) -> Layer:
        """What the dataset's own capabilities say of a variable."""
        document = self.folder / "datasets" / dataset / self.CAPABILITIES
        for layer in read_layers(document.read_bytes()):
            if layer.names(dataset, variable):
                return layer
        raise Failure(f"{document} has no layer of {variable}")

    def tile(self, key: str) -> np.ndarray | None:
        """RGBA of a tile, None where no tile was written."""
        path = self.folder / key
        if not path.exists():
            return None
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGBA"))


@dataclass
class Served:
    """Where a site can be reached."""

    base: str
    capabilities: str

    def capabilities_of(self, dataset: str) -> str:
        """The address of the capabilities of one dataset."""
        root = self.capabilities.removesuffix(Site.CAPABILITIES)
        return f"{root}datasets/{dataset}/{Site.CAPABILITIES}"


def free_port(wanted: int = 0) -> int:
    """The wanted port of this machine if nobody has it, else another; 0 for any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                continue
    raise Failure("no free port on this machine")


@contextmanager
def served(site: Site, cubepress: str | None, at_its_address: bool = False):
    """Serves a site by `cubepress preview` (or, for stand-ins, by Python) while the body runs.

    Services name absolute addresses. Only one may ask for theirs: of two that look at once whether its
    port is free, one would come too late. For others, and where it is taken, a second small server hands
    out the same capabilities with the address replaced.
    """
    wanted = urlsplit(site.base).port or 80 if at_its_address else 0
    port = free_port(wanted if wanted > 1024 else 0)
    command = (
        [cubepress, "preview", str(site.folder), "--port", str(port)]
        if cubepress
        else ["python3", "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(site.folder)]
    )
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://localhost:{port}/"
    replacement = None
    try:
        wait_for(base + Site.CAPABILITIES, server)
        capabilities = base + Site.CAPABILITIES
        if base != site.base:
            replacement = serve_replaced(site, base)
            capabilities = f"http://localhost:{replacement.server_port}/{Site.CAPABILITIES}"
        yield Served(base, capabilities)
    finally:
        if replacement:
            replacement.shutdown()
        server.terminate()
        server.wait(timeout=PATIENCE)


def wait_for(url: str, server: subprocess.Popen) -> None:
    is_there = eventually(lambda: server.poll() is not None or answers(url), 0.1)
    require(server.poll() is None, f"the server ended with exit code {server.returncode}")
    require(is_there, f"{url} does not answer")


def serve_replaced(site: Site, base: str) -> http.server.ThreadingHTTPServer:
    """Hands out the capabilities of a site with another base address."""
    documents = {
        "/" + str(path.relative_to(site.folder)): path.read_bytes().replace(
            site.base.encode(), base.encode()
        )
        for path in site.folder.rglob(Path(Site.CAPABILITIES).name)
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            document = documents.get(self.path.split("?")[0])
            if document is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
