"""JSON Schemas of the STAC extensions that collections declare, for checks without a network.

Those of `stac-schemas` are the authors' own. The others are ours, written from the tables of fields and from reading
the authors' schemas, as strict as these, and for what Cubepress writes: collections and their assets. The core schemas
are those that pystac ships.
"""

import json
from pathlib import Path

import pyproj
from pystac.validation.local_validator import get_local_schema_cache

TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}
PAIR = {"type": "array", "minItems": 2, "maxItems": 2, "items": NUMBER}
BASE = "https://stac-extensions.github.io/"


def listed(items, least=1, **more):
    return {"type": "array", "minItems": least, "items": items, **more}


def table(required=(), closed=False, **properties):
    made = {"type": "object", "required": list(required), "properties": properties}
    if closed:
        made["additionalProperties"] = False
    return made


def prefixed(prefix, **properties):
    """An object of which members with a prefix are only these."""
    return {"type": "object", "properties": {f"{prefix}{name}": shape for name, shape in properties.items()},
            "propertyNames": {"anyOf": [{"not": {"pattern": f"^{prefix}"}},
                                        {"enum": [f"{prefix}{name}" for name in properties]}]}}


def collection(*parts, assets=None, required=()):
    made = {"type": "object", "required": ["stac_extensions", *required]}
    if parts:
        made["allOf"] = list(parts)
    if assets:
        made["properties"] = {"assets": {"type": "object", "additionalProperties": assets}}
    return made


LINEAGE = prefixed("processing:", lineage=TEXT, level=TEXT, facility=TEXT, software={"type": "object", "additionalProperties": TEXT},
                   expression=table(["format", "expression"]), version=TEXT, datetime=TEXT)
HISTOGRAM = table(["count", "min", "max", "buckets"], closed=True, count=WHOLE, min=NUMBER, max=NUMBER, buckets=listed(WHOLE, 3))
BAND = prefixed("raster:", sampling={"enum": ["area", "point"]}, bits_per_sample=WHOLE, spatial_resolution=NUMBER,
                scale=NUMBER, offset=NUMBER, histogram=HISTOGRAM)
WEB_MAP_LINK = {"allOf": [
    {"if": {"properties": {"rel": {"const": "wmts"}}}, "then": {
        "required": ["wmts:layer"],
        "properties": {"wmts:layer": {"oneOf": [TEXT, listed(TEXT)]},
                       "wmts:dimensions": {"type": "object", "additionalProperties": {"type": "string"}}}}},
    {"if": {"properties": {"rel": {"enum": ["wmts", "xyz"]}, "href": {"not": {"pattern": r"\{s\}"}}}},
     "then": {"not": {"required": ["href:servers"]}}},
]}
# A band, an asset or a summary of a collection must have one of the fields, or it may not declare the extension.
RASTER = ["bits_per_sample", "sampling", "spatial_resolution", "scale", "offset", "histogram"]
HAS_BAND = {"required": ["bands"], "properties": {"bands": {"contains": {
    "anyOf": [{"required": [f"raster:{name}"]} for name in RASTER]}}}}
SOME_ASSET_HAS_BAND = {"required": ["assets"], "properties": {"assets": {"not": {
    "additionalProperties": {"not": HAS_BAND}}}}}
THEME = table(["concepts", "scheme"], scheme=TEXT, concepts=listed(table(["id"], id=TEXT, title=TEXT, description=TEXT)))

OWN = {
    "cf/v0.2.0": collection({"properties": {"cf:parameter": listed(table(["name"], name=TEXT, unit=TEXT))},
                             "required": ["cf:parameter"]}),
    "osc/v1.0.0": collection({**prefixed(
        "osc:", type={"const": "product"}, status={"enum": ["planned", "ongoing", "completed"]}, project=TEXT, region=TEXT,
        variables=listed(TEXT, 0), missions=listed(TEXT, 0), experiment=TEXT),
        "required": ["osc:type", "osc:status", "osc:project"]}),
    "processing/v1.2.0": collection({"required": ["providers"], "properties": {"providers": {
        "type": "array", "items": LINEAGE,
        "contains": {"properties": {"roles": {"contains": {"enum": ["producer", "processor"]}}}, "required": ["roles"]}}}},
        assets=LINEAGE),
    "raster/v2.0.0": collection(SOME_ASSET_HAS_BAND, assets={"properties": {"bands": listed(BAND)}}),
    "themes/v1.0.0": collection({"required": ["themes"], "properties": {"themes": listed(THEME)}}),
    "web-map-links/v1.2.0": collection({"properties": {"links": {
        "type": "array", "items": WEB_MAP_LINK,
        "contains": {"properties": {"rel": {"enum": ["xyz", "wmts", "tilejson"]}}, "required": ["rel"]}}}}),
}


def declared(address, schema):
    """With what every schema of an extension demands: that the document names it."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", "$id": address, "type": "object",
            "properties": {"stac_extensions": {"type": "array", "contains": {"const": address}}}, "allOf": [schema]}


def official():
    """The schemas of `stac-schemas`, by address."""
    for path in sorted((Path(__file__).parent / "stac-schemas").glob("*.json")):
        name, version = path.stem.rsplit("-", 1)
        yield f"{BASE}{name}/v{version}/schema.json", json.loads(path.read_text())


def projjson():
    """PROJJSON as PROJ has it: its latest version holds those to which schemas refer."""
    schema = json.loads((Path(pyproj.datadir.get_data_dir()) / "projjson.schema.json").read_text())
    return {f"https://proj.org/schemas/v{version}/projjson.schema.json": schema for version in ("0.4", "0.7")}


OFFICIAL = dict(official())
SCHEMAS = OFFICIAL | {address: declared(address, schema) for name, schema in OWN.items()
                      for address in [f"{BASE}{name}/schema.json"]}
# All that any of them needs, by address: with the core and GeoJSON.
ALL = get_local_schema_cache() | projjson() | SCHEMAS
