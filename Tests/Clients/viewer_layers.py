"""The panel of layers: order, hiding, basemap and overlays, tiles and WMTS of other servers."""

import re

import numpy as np

from report import require
from viewer_browser import times_of
from viewer_map import SCENARIO, opened

NO_MERCATOR = """<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"><Contents>
<Layer><ows:Title>A</ows:Title><ows:Identifier>a</ows:Identifier><TileMatrixSetLink><TileMatrixSet>polar</TileMatrixSet></TileMatrixSetLink>
<ResourceURL resourceType="tile" format="image/png" template="https://example.org/{TileMatrix}/{TileRow}/{TileCol}"/></Layer>
<TileMatrixSet><ows:Identifier>polar</ows:Identifier><ows:SupportedCRS>urn:ogc:def:crs:EPSG::3031</ows:SupportedCRS></TileMatrixSet>
</Contents></Capabilities>"""
# As GeoServer names its matrices; only GetTile requests are offered.
QUERIES = NO_MERCATOR.replace("EPSG::3031", "EPSG::900913").replace(
    '<ResourceURL resourceType="tile"', '<ResourceURL resourceType="FeatureInfo"')


def differ(a, b) -> float:
    """The share of pixels that are plainly different."""
    return (np.abs(a - b).max(-1) > 8).mean()


def other_server(window):
    side = window.panel("layers")
    side.get_by_text("Add a layer of another server").click()
    return side, side.get_by_label("Address of tiles, or of a WMTS")


def layers(viewer) -> str:
    """Order, hiding and removing; basemap and overlays; tiles of any server."""
    document = viewer.document(SCENARIO)
    with opened(viewer, SCENARIO, "&zoom=2") as window:
        page = window.page
        side, address = other_server(window)
        order = lambda: [one["id"] for one in window.state("layers")]
        template = viewer.address + next(
            one["template"] for one in document["variables"][0]["styles"][0]["tiles"] if one["tileMatrixSet"] == "WebMercatorQuad")
        template = template.replace("{time}", times_of(document["variables"][0])[-1])
        add = lambda: side.get_by_role("button", name="Add", exact=True).click()
        address.fill("not an address")
        add()
        require(side.get_by_role("alert").is_visible() and len(order()) == 1, "a wrong address is taken")
        address.fill(template)
        side.get_by_label("Name").fill("Pictures")
        with page.expect_request(re.compile("/tiles/")):
            add()
        first = order()
        side.get_by_role("button", name="Pictures: down").click()
        require(order() == first[::-1], f"order {order()}")
        stack = page.evaluate("cubepress.map.gl.getLayersOrder().filter((one) => one.startsWith('layer-'))")
        require(stack == [f"layer-{one}" for one in order()[::-1]], f"MapLibre draws {stack}")
        side.get_by_role("button", name="Pictures: up").click()
        window.look("layers")
        side.get_by_role("button", name="Hide Pictures").click()
        window.set(basemap="none", overlays=[])
        window.settle()
        shown = window.picture()
        side.get_by_role("button", name=re.compile("^Hide Air")).click()
        bare = window.picture_when(lambda picture: (picture == picture[0, 0]).all())
        require((bare == bare[0, 0]).all() and differ(shown, bare) > 0.05, "hiding changes nothing, or leaves something")
        for choice in ("Coasts", "Borders", "Graticule"):
            side.get_by_label(choice).check()
            after = window.picture_when(lambda picture: (picture != bare).any())
            require((after != bare).any(), f"{choice} do not appear")
            bare = after
        side.get_by_label("Basemap").select_option("natural")
        land = window.picture_when(lambda picture: differ(picture, bare) > 0.05)
        require(differ(land, bare) > 0.05, "no land appears")
        side.get_by_role("button", name="Remove Pictures").click()
        require(len(order()) == 1, "the layer is not removed")
    return "2 layers, 3 overlays"


def wmts(viewer, made_for: str) -> str:
    """The site's own WMTS, from its capabilities: layer, style and time are chosen, its tiles are drawn."""
    with opened(viewer, SCENARIO, "&zoom=2") as window:
        page = window.page
        # Capabilities name the address that the site is made for; it may be served at another.
        if made_for != viewer.address:
            page.route(f"{made_for}**", lambda route: route.fulfill(response=route.fetch(
                url=route.request.url.replace(made_for, viewer.address))))
        window.set(basemap="none", overlays=[])
        window.layer(visible=False)
        side, address = other_server(window)
        add = lambda: side.get_by_role("button", name="Add", exact=True).click()
        wrong = {
            "site": (f"{viewer.address}index.html", "no capabilities of a WMTS"),
            "missing": (f"{viewer.address}nothing.xml", "cannot be read"),
            "projection": ("https://example.org/polar.xml", "no tiles in Web Mercator"),
            "queries": ("https://example.org/queries.xml", "no addresses of single tiles"),
        }
        answer = lambda text: lambda route: route.fulfill(
            body=text, content_type="text/xml", headers={"access-control-allow-origin": "*"})
        page.route("https://example.org/polar.xml", answer(NO_MERCATOR))
        page.route("https://example.org/queries.xml", answer(QUERIES))
        for url, words in wrong.values():
            address.fill(url)
            add()
            window.says("#side [role=alert]", words)
        address.fill(f"{viewer.address}wmts/1.0.0/WMTSCapabilities.xml")
        add()
        layer = side.get_by_label("Layer of the server")
        layer.wait_for()
        titles = layer.locator("option").all_inner_texts()
        require(len(titles) >= 5, f"layers {titles}")
        layer.select_option(label=next(one for one in titles if "scenario A1B" in one))
        time = times_of(viewer.document(SCENARIO)["variables"][0])[3]
        side.get_by_label("Time").select_option(time)
        window.look("wmts")
        with page.expect_response(re.compile(f"/default/WebMercatorQuad/{re.escape(time)}/.*png")) as answer:
            side.get_by_role("button", name="Add this layer").click()
        require(answer.value.status == 200, f"{answer.value.url}: {answer.value.status}")
        picture = window.picture_when(lambda picture: len(np.unique(picture.reshape(-1, 3), axis=0)) > 20)
        require(len(np.unique(picture.reshape(-1, 3), axis=0)) > 20, "the layer is not drawn")
        window.look("wmts-layer")
    return f"{len(titles)} layers, {len(wrong)} refusals"


def layer_checks(report, viewer, site) -> None:
    report.check("viewer layers", layers, viewer)
    report.check("viewer WMTS", wmts, viewer, site.base)
