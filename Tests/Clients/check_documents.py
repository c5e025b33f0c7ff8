"""Documents of the site: valid against the OGC schemas, read by OWSLib, every address answered."""

import io
import json
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree
from owslib.wmts import WebMapTileService
from PIL import Image

from patience import PATIENCE
from report import Skipped, require
from site_folder import Served, Site

SCHEMAS = Path(__file__).resolve().parent.parent / "Golden/schemas"


def document_checks(report, site: Site, served: Served, shown: list) -> None:
    for path in sorted(site.folder.rglob("WMTSCapabilities.xml")):
        name = path.relative_to(site.folder)
        report.check(f"schema {name}", valid, path)
        report.check(f"client rules {name}", client_rules, path)
    report.check("OWSLib", owslib, site, served, shown)
    report.check("legends over HTTP", legends, site, served)
    report.check("tiles over HTTP", tile_headers, site, served)
    report.check("pages over HTTP", pages, site, served)


class Offline(etree.Resolver):
    """Finds the schemas of OGC and W3C in our folder instead of in the network."""

    def resolve(self, url, public_id, context):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https"):
            return self.resolve_filename(str(SCHEMAS / parts.netloc / parts.path.lstrip("/")), context)
        return None


def valid(path: Path) -> str:
    entry = SCHEMAS / "schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd"
    if not entry.exists():
        raise Skipped(f"no schemas in {SCHEMAS}")
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Offline())
    schema = etree.XMLSchema(etree.parse(str(entry), parser))
    document = etree.parse(str(path))
    schema.validate(document)
    errors = [f"line {error.line}: {error.message}" for error in schema.error_log]
    require(not errors, "; ".join(errors[:3]))
    return f"{len(document.getroot().findall('.//{*}Layer'))} layers"


def client_rules(path: Path) -> str:
    """What QGIS needs beyond the schema: see the list of protocol traps in the documentation."""
    root = etree.parse(str(path)).getroot()
    require(root.prefix is None and etree.QName(root).localname == "Capabilities", "prefixed root")
    text = path.read_text(encoding="utf-8")
    require("GetTile" not in text, "a GetTile address would win over ResourceURL")
    layers = root.findall("{*}Contents/{*}Layer")
    sets = {
        element.findtext("{*}Identifier"): element
        for element in root.findall("{*}Contents/{*}TileMatrixSet")
    }
    for layer in layers:
        name = layer.findtext("{*}Identifier")
        formats = [element.text for element in layer.findall("{*}Format")]
        require(len(formats) == 1, f"{name}: {len(formats)} formats")
        resources = layer.findall("{*}ResourceURL")
        require(
            [resource.get("format") for resource in resources] == formats,
            f"{name}: ResourceURL and Format differ",
        )
        template = resources[0].get("template")
        for dimension in layer.findall("{*}Dimension"):
            identifier = dimension.findtext("{*}Identifier")
            values = [value.text for value in dimension.findall("{*}Value")]
            require("{" + identifier + "}" in template, f"{name}: no {{{identifier}}} in {template}")
            require(dimension.findtext("{*}Default") in values, f"{name}: Default is not a value")
            require(len(set(values)) == len(values), f"{name}: two equal values")
            require(
                not any("/" in value for value in values), f"{name}: an interval among the values"
            )
        boxes = {box.get("crs") for box in layer.findall("{*}BoundingBox")}
        for link in layer.findall("{*}TileMatrixSetLink"):
            set_name = link.findtext("{*}TileMatrixSet")
            require(set_name in sets, f"{name}: links {set_name}, which is not there")
            crs = sets[set_name].findtext("{*}SupportedCRS")
            require(crs in boxes, f"{name}: no BoundingBox in {crs}")
            declared = {m.findtext("{*}Identifier") for m in sets[set_name].findall("{*}TileMatrix")}
            limits = {m.findtext("{*}TileMatrix") for m in link.iter("{*}TileMatrixLimits")}
            require(limits <= declared, f"{name}: limits of undeclared zooms of {set_name}")
    for set_name, element in sets.items():
        for corner in element.iter("{*}TopLeftCorner"):
            require(len(corner.text.split(" ")) == 2, f"{set_name}: corner '{corner.text}'")
    return f"{len(layers)} layers, {len(sets)} tile matrix sets"


def finest_tiles(site: Site, variable, matrix_set: str) -> int:
    """The finest zoom that has tiles, as tiles.json says it.

    Limits in the capabilities do not tell: WMTS has no way to write a limit of one row at row 0.
    """
    document = json.loads((site.folder / f"datasets/{variable.dataset}/tiles.json").read_text())
    found = next(one for one in document["variables"] if one["name"] == variable.variable)
    return next(one["maxzoom"] for one in found["styles"][0]["tileMatrixSets"] if one["id"] == matrix_set)


def owslib(site: Site, served: Served, shown: list) -> str:
    service = WebMapTileService(served.capabilities)
    for variable in shown:
        layer = site.layer(variable.dataset, variable.variable)
        for matrix_set in variable.matrix_sets:
            name, declared = layer.places[matrix_set]
            content = service.contents[name]
            require(content.title, f"{name} has no title")
            require(declared in content.tilematrixsetlinks, f"{name}: no {declared}")
            require(declared in service.tilematrixsets, f"{declared} is not described")
            # A client that looks closer than the tiles go must not be sent to tiles that are not there.
            finest = max(int(z) for z in service.tilematrixsets[declared].tilematrix)
            made = finest_tiles(site, variable, matrix_set)
            require(finest == made, f"{name}: {declared} goes to zoom {finest}, its tiles to {made}")
            require(set(content.styles) == {s.id for s in variable.styles}, f"{name}: {content.styles}")
        expected = {name.lower() for name in ("time",) if variable.steps}
        found = {name.lower() for name in getattr(content, "dimensions", {})}
        require(expected <= found, f"{layer.id}: dimensions {found}")
        # OWSLib fills templates itself.
        matrix_set = variable.matrix_sets[0]
        z = max(layer.limits[matrix_set])
        tiles = layer.limits[matrix_set][z]
        url = service.buildTileResource(
            layer=layer.places[matrix_set][0],
            style=variable.styles[0].id,
            format=layer.format,
            tilematrixset=layer.places[matrix_set][1],
            tilematrix=str(z),
            row=tiles[0],
            column=tiles[2],
            **{name: default for name, (default, _) in layer.dimensions.items()},
        )
        require("{" not in url, f"OWSLib leaves {url}")
    return f"{len(service.contents)} layers"


def fetch(url: str, **headers):
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.status, answer.headers, answer.read()


def legends(site: Site, served: Served) -> str:
    count = 0
    for layer in site.layers:
        for style, url in layer.styles.items():
            require(url, f"{layer.id}/{style} has no LegendURL")
            _, headers, body = fetch(url.replace(site.base, served.base))
            require(headers["Content-Type"] == "image/png", f"{url}: {headers['Content-Type']}")
            picture = Image.open(io.BytesIO(body))
            require(picture.width > 20, f"{url} is {picture.size}")
            count += 1
    return f"{count} legends"


def tile_headers(site: Site, served: Served) -> str:
    """MIME type, CORS, ranges, and 404 for what is not there."""
    layer = site.layers[0]
    matrix_set = next(iter(layer.limits))
    z = max(layer.limits[matrix_set])
    first = layer.limits[matrix_set][z]
    key = None
    for values in [{layer.time: value} for value in layer.times] or [{}]:
        for y in range(first[0], first[1] + 1):
            for x in range(first[2], first[3] + 1):
                candidate = layer.key(next(iter(layer.styles)), matrix_set, z, x, y, **values)
                if (site.folder / candidate).exists():
                    key = candidate
    require(key, f"{layer.id} has no tile at zoom {z}")
    status, headers, body = fetch(served.base + key)
    require(status == 200 and body == (site.folder / key).read_bytes(), f"{key} differs")
    require(headers["Content-Type"] == layer.format, f"{key}: {headers['Content-Type']}")
    require(headers["Access-Control-Allow-Origin"] == "*", "no CORS header")
    # QGIS and browsers send the colons of a time as they are or percent-encoded.
    require(fetch(served.base + key.replace(":", "%3A"))[2] == body, "no answer to %3A")
    status, headers, part = fetch(served.base + key, Range="bytes=8-15")
    require(status == 206 and part == body[8:16], f"range: status {status}, {len(part)} bytes")
    try:
        fetch(served.base + key + ".missing")
        require(False, "a missing tile is answered")
    except urllib.error.HTTPError as error:
        require(error.code == 404, f"a missing tile is answered with {error.code}")
    return key


def pages(site: Site, served: Served) -> str:
    """The index and the page of each dataset answer, are well-formed HTML, and link what exists."""
    checked, links = 0, 0
    for path in sorted(site.folder.rglob("*.html")):
        key = str(path.relative_to(site.folder))
        _, headers, body = fetch(served.base + key)
        require(headers["Content-Type"].startswith("text/html"), f"{key}: {headers['Content-Type']}")
        page = etree.HTML(body)
        require(page is not None and page.findtext(".//title"), f"{key} has no title")
        for element in page.iter():
            for attribute in ("href", "src"):
                target = element.get(attribute)
                if not target or urlsplit(target).scheme or target.startswith("#"):
                    continue
                target = urlsplit(target).path
                file = (
                    site.folder / target.lstrip("/") if target.startswith("/") else path.parent / target
                )
                file = file / "index.html" if file.is_dir() else file
                require(file.exists(), f"{key} links {target}, which is not there")
                links += 1
        checked += 1
    for path in sorted(site.folder.rglob("*.json")):
        json.loads(path.read_text(encoding="utf-8"))
    require(checked, "there is no page")
    return f"{checked} pages, {links} links"
