"""The server's map service asked by keys and values: OWSLib, GDAL."""

import io
import subprocess
import urllib.parse
import urllib.request
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from patience import PATIENCE
from report import require
from site_folder import OWS

TIME = "2017-01-16T10:09:21Z"


def owslib_by_keys(live, cube: str, variable: str) -> str:
    """OWSLib takes keys and values where the capabilities advertise them; tiles are those of the paths."""
    from owslib.util import Authentication
    from owslib.wmts import WebMapTileService

    service = WebMapTileService(
        f"{live.api}/wmts/kvp", auth=Authentication(username="any", password=live.token))
    require(f"{cube}.{variable}" in service.contents, f"{list(service.contents)}")
    require(not service.restonly, "OWSLib sees no keys and values")
    compared = 0
    for matrix_set, (z, y, x) in {"WorldCRS84Quad": (7, 27, 129), "WebMercatorQuad": (7, 42, 64)}.items():
        names = [one for one in service.contents if one.startswith(f"{cube}.{variable}")]
        # Where the document divides a layer by the sets, each part links to some.
        name, linked = next(
            (name, link) for name in names for link in service.contents[name].tilematrixsetlinks
            if link.split("-")[0] == matrix_set)
        for time in (TIME, None):
            before = kvp_calls(live)
            tile = service.gettile(
                layer=name, tilematrixset=linked, tilematrix=str(z), row=y, column=x, format="image/png",
                **({"TIME": time} if time else {}))
            require(kvp_calls(live) == before + 1, f"asked in another way: {tile.geturl()}")
            shown = time or service.contents[name].dimensions["Time"]["default"]
            path = f"/datasets/{cube}/tiles/{variable}/default/{matrix_set}/{urllib.parse.quote(shown)}/{z}/{y}/{x}.png"
            found, wanted = picture(tile.read()), picture(live.ask(path))
            require(np.array_equal(found, wanted), f"{matrix_set} {time}: pixels differ")
            require(wanted[..., 3].any() or time is None, "nothing to be seen")
            compared += 1
    try:
        service.gettile(layer=f"{cube}.none", tilematrixset="WorldCRS84Quad", tilematrix="0", row=0, column=0,
                        format="image/png")
    except Exception as error:  # the class depends on the version
        return f"{compared} tiles; a layer that is not there: {type(error).__name__}"
    require(False, "a layer that is not there")


def kvp_calls(live) -> int:
    return live.server.log.read_text().count("/api/wmts/kvp ")


def gdal_by_keys(live, cube: str, variable: str) -> str:
    """GDAL's WMTS driver with capabilities that have keys and values only, as those of other servers."""
    address = f"{live.api}/wmts/kvp?SERVICE=WMTS&REQUEST=GetCapabilities"
    document = ElementTree.fromstring(live.ask(address.removeprefix(live.api)))
    operations = {one.get("name") for one in document.iter(OWS + "Operation")}
    require(operations == {"GetCapabilities", "GetTile"}, f"{operations}")
    for layer in document.iter("{http://www.opengis.net/wmts/1.0}Layer"):
        for resource in layer.findall("{http://www.opengis.net/wmts/1.0}ResourceURL"):
            layer.remove(resource)
    capabilities = live.folder / "keys.xml"
    capabilities.write_bytes(ElementTree.tostring(document))
    pictures = []
    for source, name in ((str(capabilities), "keys"), (address, "paths")):
        target = live.folder / f"{name}.tif"
        before = kvp_calls(live)
        answer = subprocess.run(
            ["gdal_translate", "-q", "-outsize", "400", "0",
             f"WMTS:{source},layer={cube}.{variable},tilematrixset=WorldCRS84Quad", str(target),
             "--config", "GDAL_HTTP_USERPWD", f"any:{live.token}", "--config", "GDAL_ENABLE_WMS_CACHE", "NO"],
            capture_output=True, text=True, timeout=PATIENCE)
        require(answer.returncode == 0, answer.stderr[-300:])
        pictures.append((np.asarray(Image.open(target)), kvp_calls(live) - before))
    (keys, calls), (paths, _) = pictures
    require(calls > 1, f"{calls} requests by keys and values")
    require(keys[..., 3].any() and np.array_equal(keys, paths), "the pictures differ")
    return f"{calls} tiles, every pixel"


def picture(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
