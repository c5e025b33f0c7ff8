"""JSON Schemas of the STAC extensions that collections declare, for checks without a network.

Written from the tables of fields in the documentation of each extension, as strict as those tables, and for
what Cubepress writes: collections and their assets. The core schemas are those that pystac ships.
"""

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


DIMENSION = {"oneOf": [
    table(["type", "axis", "extent"], type={"const": "spatial"}, axis={"enum": ["x", "y"]}, extent=PAIR,
          step={"type": ["number", "null"]}, reference_system={"type": ["string", "number", "object"]}),
    table(["type", "axis"], type={"const": "spatial"}, axis={"const": "z"}, extent=PAIR, values=listed({})),
    {**table(["type", "extent"], type={"const": "temporal"},
             extent={"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": ["string", "null"], "format": "date-time"}},
             step={"type": ["string", "null"], "pattern": r"^P(\d+[YMWD])*(T(\d+[HMS])+)?$"}, values=listed(TEXT)),
     "not": {"required": ["axis"]}},
    {**table(["type"], type={"type": "string", "not": {"enum": ["spatial", "temporal"]}}, unit=TEXT, description=TEXT,
             extent=PAIR, values=listed({"type": ["number", "string"]}), step={"type": ["number", "null"]}),
     "anyOf": [{"required": ["extent"]}, {"required": ["values"]}], "not": {"required": ["axis"]}},
]}
VARIABLE = table(["dimensions", "type"], type={"enum": ["data", "auxiliary"]}, dimensions=listed(TEXT, 0), unit=TEXT,
                 description=TEXT, extent={"type": "array", "minItems": 2, "maxItems": 2}, values=listed({}))
DOI = {"type": "string", "pattern": r"^10\.[0-9a-zA-Z]{4,}/[^\s]+$"}
LINEAGE = prefixed("processing:", lineage=TEXT, level=TEXT, facility=TEXT, software={"type": "object", "additionalProperties": TEXT},
                   expression=table(["format", "expression"]), version=TEXT, datetime=TEXT)
RENDER = table(["assets"], assets=listed(TEXT), title=TEXT, rescale=listed(PAIR), colormap_name=TEXT, colormap={"type": "object"},
               resampling=TEXT, expression=TEXT, minmax_zoom=listed(WHOLE, 2, maxItems=2))
HISTOGRAM = table(["count", "min", "max", "buckets"], closed=True, count=WHOLE, min=NUMBER, max=NUMBER, buckets=listed(WHOLE, 3))
BAND = prefixed("raster:", sampling={"enum": ["area", "point"]}, bits_per_sample=WHOLE, spatial_resolution=NUMBER,
                scale=NUMBER, offset=NUMBER, histogram=HISTOGRAM)
WMTS = {"if": {"properties": {"rel": {"const": "wmts"}, "wmts:layer": {}}, "required": ["rel", "wmts:layer"]},
        "then": {"properties": {"wmts:layer": {"anyOf": [TEXT, listed(TEXT)]},
                                "wmts:dimensions": {"type": "object", "additionalProperties": {"type": "string"}}}}}

EXTENSIONS = {
    "datacube/v2.2.0": collection({"properties": {
        "cube:dimensions": {"type": "object", "additionalProperties": DIMENSION},
        "cube:variables": {"type": "object", "additionalProperties": VARIABLE}}}, required=["cube:dimensions"]),
    "file/v2.1.0": collection(assets=prefixed("file:", size={"type": "integer", "minimum": 0}, checksum=TEXT, header_size=WHOLE,
                                              byte_order=TEXT, values=listed({}), local_path=TEXT)),
    "processing/v1.2.0": collection({"required": ["providers"], "properties": {"providers": {
        "type": "array", "items": LINEAGE,
        "contains": {"properties": {"roles": {"contains": {"enum": ["producer", "processor"]}}}, "required": ["roles"]}}}},
        assets=LINEAGE),
    "projection/v2.0.0": collection(assets=prefixed(
        "proj:", code={"type": ["string", "null"], "pattern": "^[A-Za-z]+:[A-Za-z0-9.]+$"}, wkt2={"type": ["string", "null"]},
        projjson={"type": ["object", "null"]}, geometry={"type": "object"}, bbox=listed(NUMBER, 4), centroid=table(["lat", "lon"]),
        shape=listed(WHOLE, 2, maxItems=2), transform={"type": "array", "items": NUMBER, "minItems": 6, "maxItems": 9})),
    "raster/v2.0.0": collection(assets={"properties": {"bands": listed(BAND)}}),
    "render/v2.0.0": collection({"properties": {"renders": {"type": "object", "additionalProperties": RENDER}}},
                                required=["renders", "assets"]),
    "scientific/v1.0.0": collection({**prefixed(
        "sci:", doi=DOI, citation=TEXT, publications=listed(table(doi=DOI, citation=TEXT))),
        "anyOf": [{"required": [f"sci:{name}"]} for name in ("doi", "citation", "publications")]}),
    "version/v1.2.0": collection({"properties": {"version": TEXT, "deprecated": {"type": "boolean"}, "experimental": {"type": "boolean"}}}),
    "web-map-links/v1.2.0": collection({"properties": {"links": {
        "type": "array", "items": WMTS, "contains": {"properties": {"rel": {"enum": ["xyz", "wmts", "tilejson"]}}}}}}),
    "xarray-assets/v1.0.0": collection(assets=prefixed("xarray:", open_kwargs={"type": "object"}, storage_options={"type": "object"})),
    "osc/v1.0.0": collection({**prefixed(
        "osc:", type={"const": "product"}, status={"enum": ["planned", "ongoing", "completed"]}, project=TEXT, region=TEXT, name=TEXT,
        variables=listed(TEXT), missions=listed(TEXT)), "required": ["osc:type", "osc:status", "osc:project"]}),
}
SCHEMAS = {f"{BASE}{name}/schema.json": {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
           for name, schema in EXTENSIONS.items()}
