"""The catalogue: valid STAC that pystac walks, opens and searches in; records that others read; valid HTML."""

import json
import subprocess
import tempfile
import warnings
from collections import Counter
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import pystac
import rdflib
import rdflib.compare
import xarray as xr
from jsonschema import Draft7Validator, Draft201909Validator
from lxml import etree
from pystac.validation.stac_validator import JsonSchemaSTACValidator

from patience import PATIENCE
from report import Skipped, require
from site_folder import Served, Site
from stac_schemas import ALL, OFFICIAL, SCHEMAS

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA_ORG = rdflib.Namespace("https://schema.org/")


def catalogue_checks(report, site: Site, served: Served) -> None:
    report.check("STAC is valid", stac_is_valid, site)
    report.check("STAC faults are found", stac_faults, site)
    report.check("stac-validator accepts it", stac_validator_accepts, site)
    report.check("pystac walks it", pystac_walks, site, served)
    report.check("pystac-client opens it", pystac_client_opens, served)
    report.check("STAC assets open in xarray", assets_open, site)
    report.check("STAC says what the cube says", cube_agrees, site)
    report.check("Croissant is valid", croissant, site)
    report.check("JSON-LD of pages", json_ld, site)
    report.check("DataCite records", datacite, site)
    report.check("OpenAPI", openapi, site)
    report.check("sitemap and feed", feeds, site)
    report.check("HTML is valid", html, site)


def collections(site: Site) -> list[Path]:
    found = sorted(site.folder.glob("datasets/*/collection.json"))
    require(found, "no collection.json")
    return found


# MARK: STAC

VERSION = "https://stac-extensions.github.io/version/v1.2.0/schema.json"


def validator() -> JsonSchemaSTACValidator:
    """Nothing comes from the network."""
    made = JsonSchemaSTACValidator()
    made.schema_cache.update(ALL)
    return made


def stac_is_valid(site: Site) -> str:
    check = validator()
    root = pystac.Catalog.from_file(str(site.folder / "catalog.json"))
    count = 1
    root.validate(validator=check)
    for child in root.get_children():
        unknown = set(child.stac_extensions) - set(SCHEMAS)
        require(not unknown, f"{child.id}: no schema for {unknown}")
        used = child.validate(validator=check)
        require(len(used) == 1 + len(child.stac_extensions), f"{child.id}: {len(used)} schemas were used")
        count += 1
    require(count == 1 + len(collections(site)), f"the catalogue leads to {count - 1} collections")
    return f"{count} documents, {len(SCHEMAS)} extensions, {len(OFFICIAL)} of them by the authors' own schemas"


def stac_faults(site: Site) -> str:
    """The schemas refuse what is wrong: each of these faults on its own."""
    document = json.loads(collections(site)[0].read_text())
    faults = {
        "datacube": lambda d: next(iter(d["cube:dimensions"].values())).pop("extent", None) and
        next(iter(d["cube:dimensions"].values())).pop("values", None),
        "projection": lambda d: d["assets"]["cube"].update({"proj:shape": [1]}),
        "xarray": lambda d: d["assets"]["cube"].update({"xarray:open_kwarg": {}}),
        "file": lambda d: d["assets"]["cube"].update({"file:size": -1}),
        "scientific": lambda d: d.update({"sci:doi": "https://doi.org/10.1/x"}),
        "processing": lambda d: d["providers"][-1].update({"processing:lineage": 7}),
        "render": lambda d: next(iter(d["renders"].values())).pop("assets"),
        "render's colours": lambda d: next(iter(d["renders"].values())).update({"colormap": "thermal"}),
        "raster": lambda d: d["assets"]["cube"]["bands"][0].update({"raster:sampling": "volume"}),
        "raster without bands": lambda d: [asset.pop("bands", None) for asset in d["assets"].values()],
        "version": lambda d: d.update({"version": 1, "stac_extensions": [*d["stac_extensions"], VERSION]}),
        "web map links": lambda d: [link.pop("wmts:layer", None) for link in d["links"]],
        "core": lambda d: d.pop("license"),
    }
    for name, spoil in faults.items():
        spoiled = json.loads(json.dumps(document))
        spoil(spoiled)
        try:
            pystac.validation.validate_dict(spoiled, validator=validator())
        except pystac.STACValidationError:
            continue
        require(False, f"a fault in {name} was not seen")
    return f"{len(faults)} faults"


def stac_validator_accepts(site: Site) -> str:
    """The other program that reads schemas; where it looks for each it is told."""
    from stac_validator.stac_validator import StacValidate

    with tempfile.TemporaryDirectory(prefix="cubepress-stac-") as folder:
        places = {}
        for number, (address, schema) in enumerate(ALL.items()):
            places[address] = f"{folder}/{number}.json"
            Path(places[address]).write_text(json.dumps(schema))
        used = Counter()
        for path in [site.folder / "catalog.json", *collections(site)]:
            document = json.loads(path.read_text())
            run = StacValidate(schema_map=places)
            valid = run.validate_dict(document)
            (message,) = run.message
            require(valid and message["valid_stac"], f"{path}: {message}")
            require(len(message["schema"]) == 1 + len(document.get("stac_extensions", [])), f"{path}: {message['schema']}")
            used.update(message["schema"])
            spoiled = {**document, "stac_version": "1.1.0", "links": "none"}
            require(not StacValidate(schema_map=places).validate_dict(spoiled), f"{path}: a fault was not seen")
        return f"{sum(used.values())} validations by {len(used)} schemas"


def pystac_walks(site: Site, served: Served) -> str:
    """Over HTTP, from the root to every asset, also where the site has been copied to another address."""
    root = pystac.Catalog.from_file(served.base + "catalog.json")
    answered = 0
    for child in root.get_children():
        require(child.get_parent().id == root.id, f"{child.id}: another parent")
        for name, asset in child.assets.items():
            address = asset.get_absolute_href()
            require(address.startswith(served.base), f"{child.id}.{name}: {address} leaves the copy")
            path = site.folder / urlsplit(address).path.lstrip("/")
            require(path.exists(), f"{child.id}.{name}: {path} is not there")
            answered += 1
    return f"{answered} assets"


def pystac_client_opens(served: Served) -> str:
    from pystac_client import Client
    with warnings.catch_warnings():
        # It is a static catalogue, not an API, and says so.
        warnings.simplefilter("ignore")
        client = Client.open(served.base + "catalog.json")
        ids = sorted(child.id for child in client.get_children())
    require(ids, "no collections")
    return ", ".join(ids)


def assets_open(site: Site) -> str:
    opened = 0
    for path in collections(site):
        collection = pystac.Collection.from_file(str(path))
        for name in ("cube", "series"):
            if name not in collection.assets:
                continue
            asset = collection.assets[name]
            data = xr.open_dataset(asset.get_absolute_href(), **asset.ext.xarray.open_kwargs)
            bands = [band["name"] for band in asset.extra_fields["bands"] if band["name"] in data or name == "cube"]
            require(bands and all(band in data for band in bands), f"{collection.id}: {name} lacks {bands}")
            opened += 1
    return f"{opened} stores"


def cube_agrees(site: Site) -> str:
    """Dimensions, steps, statistics and the transform are those that xarray finds in the cube."""
    compared = 0
    for path in collections(site):
        collection = pystac.Collection.from_file(str(path))
        if "cube" not in collection.assets:
            continue
        asset = collection.assets["cube"]
        data = xr.open_dataset(asset.get_absolute_href(), engine="zarr", group="0", decode_times=False)
        dimensions = collection.ext.cube.dimensions
        for name, variable in collection.ext.cube.variables.items():
            require(list(data[name].dims) == variable.dimensions, f"{collection.id}.{name}: {variable.dimensions}")
            low, high = variable.properties["extent"]
            values = data[name]
            error = values.attrs.get("cubepress", {}).get("maximum_error", 0) + 1e-6 * max(abs(low), abs(high), 1)
            require(abs(float(values.min()) - low) <= error and abs(float(values.max()) - high) <= error,
                    f"{collection.id}.{name}: {float(values.min())} … {float(values.max())}, not {low} … {high}")
        for name, dimension in dimensions.items():
            if dimension.dim_type == "spatial":
                require(dimension.extent == [float(data[name].min()), float(data[name].max())],
                        f"{collection.id}.{name}: {dimension.extent}")
            if dimension.dim_type == "temporal" and dimension.values:
                require(len(dimension.values) == data.sizes[name], f"{collection.id}.{name}: {len(dimension.values)} times")
        transform = asset.extra_fields.get("proj:transform")
        if transform:
            row, column = (data[name].values for name in list(data[next(iter(collection.ext.cube.variables))].dims)[-2:])
            centre = (transform[2] + transform[0] / 2, transform[5] + transform[4] / 2)
            require(abs(centre[0] - column[0]) < 1e-6 * abs(transform[0]) + 1e-9 and
                    abs(centre[1] - row[0]) < 1e-6 * abs(transform[4]) + 1e-9, f"{collection.id}: {centre}")
        compared += 1
    return f"{compared} cubes"


# MARK: Other records


def croissant(site: Site) -> str:
    import mlcroissant
    names = []
    for path in sorted(site.folder.glob("datasets/*/croissant.json")):
        dataset = mlcroissant.Dataset(jsonld=str(path))
        require(not dataset.metadata.ctx.issues.errors, dataset.metadata.ctx.issues.report())
        records = list(dataset.records("variables"))
        named = json.loads(path.read_text())["variableMeasured"]
        require(len(records) == len(named), f"{path.parent.name}: {len(records)} records")
        names += [record["variables/name"] for record in records]
    return ", ".join(str(name) for name in names[:6])


def json_ld(site: Site) -> str:
    """What a search engine sees in a page, as RDF."""
    count = 0
    for page in sorted(site.folder.glob("datasets/*/index.html")):
        tree = etree.parse(str(page), etree.HTMLParser())
        (script,) = tree.xpath("//script[@type='application/ld+json']")
        base = page.parent.as_uri() + "/"
        graph = rdflib.Graph().parse(data=script.text, format="json-ld", publicID=base)
        (subject,) = set(graph.subjects(rdflib.RDF.type, SCHEMA_ORG.Dataset))
        for name in ("name", "description", "url", "variableMeasured", "spatialCoverage", "publisher"):
            require(graph.value(subject, SCHEMA_ORG[name]) is not None, f"{page.parent.name}: no {name}")
        # Search engines want at least 50 letters.
        require(len(str(graph.value(subject, SCHEMA_ORG.description))) >= 50, f"{page.parent.name}: a short description")
        record = rdflib.Graph().parse(str(page.parent / "croissant.json"), format="json-ld", publicID=base)
        require(rdflib.compare.isomorphic(graph, record), f"{page.parent.name}: the page and croissant.json differ")
        count += len(graph)
    return f"{count} statements"


def datacite(site: Site) -> str:
    """Records are as the JSON Schema of DataCite 4.5 demands, which PyPI's package datacite brings."""
    (place,) = [file for file in metadata.files("datacite") if file.name == "datacite-v4.5.json"]
    schema = json.loads(place.read_text())
    # What version 4.6 added.
    schema["definitions"]["dateType"]["enum"].append("Coverage")
    paths = sorted(site.folder.glob("datasets/*/datacite.json"))
    undated = []
    for path in paths:
        record = json.loads(path.read_text())
        name = path.parent.name
        require(record.get("url") and record["types"]["resourceTypeGeneral"] == "Dataset", f"{name}: {record}")
        for error in Draft201909Validator(schema).iter_errors(record):
            # The year of publication is known of dated versions only; that they lack is told in the page and by `check`.
            require("'publicationYear' is a required" in error.message, f"{name}: {error.json_path}: {error.message}")
            fair = json.loads((site.folder / f"api/datasets/{name}.json").read_text())["fair"]
            require(any("changes" in one["text"] and not one["met"] for one in fair), f"{name}: no year, and nobody says so")
            undated.append(name)
        spoiled = {**record, "types": {"resourceTypeGeneral": "Cube"}}
        require(list(Draft201909Validator(schema).iter_errors(spoiled)), "a fault was not seen")
    return f"{len(paths)} records, {len(undated)} of them without a year"


def openapi(site: Site) -> str:
    from openapi_spec_validator import OpenAPIV31SpecValidator
    document = json.loads((site.folder / "api/openapi.json").read_text())
    OpenAPIV31SpecValidator(document).validate()
    # Every answer that it promises is a file, and those with a schema are as it says.
    count = 0
    schemas = document["components"]["schemas"]
    ids = document["components"]["parameters"]["dataset"]["schema"]["enum"]
    for path, operations in document["paths"].items():
        for name in ids if "{dataset}" in path else [""]:
            file = site.folder / path.lstrip("/").replace("{dataset}", name)
            require(file.exists(), f"{path} promises {file}")
            content = next(iter(operations["get"]["responses"]["200"]["content"].values()))
            if "schema" in content:
                schema = {**schemas[content["schema"]["$ref"].split("/")[-1]], "components": document["components"]}
                errors = list(Draft7Validator(schema).iter_errors(json.loads(file.read_text())))
                require(not errors, f"{file}: {errors[:1]}")
            count += 1
    return f"{count} addresses"


def feeds(site: Site) -> str:
    sitemap = etree.parse(str(site.folder / "sitemap.xml"))
    pages = {page.text.removeprefix(site.base) for page in sitemap.findall(".//{*}loc")}
    wanted = {path.relative_to(site.folder).as_posix() for pattern in (
        "index.html", "viewer/index.html", "globe/index.html", "cube/index.html", "datasets/*/index.html", "stories/index.html",
        "stories/*/**/*.html") for path in site.folder.glob(pattern)}
    # The list of a book's pages is no page of its own.
    lists = {page for page in wanted if page.startswith("stories/") and page.count("/") == 2 and page.endswith("/index.html")}
    require(wanted - lists <= pages <= wanted, f"in the sitemap, or not: {sorted(pages ^ wanted)}")
    feed = site.folder / "feed.xml"
    if not feed.exists():
        return f"{len(pages)} pages, no feed"
    atom = etree.parse(str(feed)).getroot()
    entries = atom.findall("{*}entry")
    for element in [atom, *entries]:
        for name in ("id", "title", "updated"):
            require(element.findtext("{*}" + name), f"the feed lacks {name}")
    require(len({entry.findtext("{*}id") for entry in entries}) == len(entries), "two entries with one id")
    updates = [entry.findtext("{*}updated") for entry in entries]
    require(updates == sorted(updates, reverse=True) and atom.findtext("{*}updated") == updates[0], f"{updates}")
    stories = [entry for entry in entries if "/stories/" in entry.findtext("{*}id")]
    return f"{len(pages)} pages, {len(entries)} news, {len(stories)} of them stories"


# MARK: HTML


def html(site: Site) -> str:
    """By the Nu Html Checker of the W3C."""
    (jar,) = list((ROOT / ".venv/vnu").glob("vnu.jar")) or [None]
    if jar is None:
        raise Skipped("no vnu.jar: run Deploy/setup test")
    pages = [site.folder / "index.html", site.folder / "404.html", *site.folder.glob("datasets/*/index.html"),
             *site.folder.glob("stories/**/*.html")]
    done = subprocess.run(["java", "-jar", jar, "--errors-only", "--stdout", "--format", "json", "--exit-zero-always", *pages],
                          capture_output=True, text=True, timeout=PATIENCE)
    messages = json.loads(done.stdout)["messages"]
    # The outputs of notebooks bring rules for themselves, which stay where they are.
    messages = [one for one in messages if not one["message"].startswith("Element “style” not allowed")]
    faults = [f"{Path(urlsplit(one['url']).path).relative_to(site.folder)}:{one.get('lastLine')}: {one['message']}" for one in messages]
    require(not faults, "; ".join(faults[:4]))
    return f"{len(pages)} pages"
