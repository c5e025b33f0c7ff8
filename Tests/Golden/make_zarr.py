#!/usr/bin/env python3
"""Writes what zarr-python reads in the Zarr fixtures, and makes the fixtures that are our own.

    python3 make_zarr.py [folder with the shared data]

Needs zarr 3.1 and numcodecs. Writes zarr_fixtures.json beside this script and made-v2.zip and
made-v3.zip into Tests/ZarrTests/Fixtures; given the folder, also zarr_shared.json for
zarr/interop/zarr_implementations and zarr/xcube.
"""

import json
import pathlib
import shutil
import sys
import tempfile
import warnings
import zipfile

import google_crc32c
import numcodecs
import numpy as np
import zarr
from zarr.codecs import (
    BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec)

warnings.simplefilter("ignore")
GOLDEN = pathlib.Path(__file__).resolve().parent
FIXTURES = GOLDEN.parent / "ZarrTests" / "Fixtures"
TYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         "float16", "float32", "float64", "complex64", "complex128"]


def pattern(shape, dtype):
    """Numbers without symmetry: no two neighbours are equal in any direction."""
    count = int(np.prod(shape))
    numbers = (np.arange(count) * 7919 + 13) % 251
    values = numbers.astype("f8") - (100 if np.dtype(dtype).kind not in "ub" else 0)
    if np.dtype(dtype).kind == "b":
        return (numbers % 3 == 0).reshape(shape)
    if np.dtype(dtype).kind == "c":
        return (values + 1j * values[::-1]).astype(dtype).reshape(shape)
    return values.astype(dtype).reshape(shape)


def text(values):
    return [v.decode("utf-8", "replace").rstrip("\0") if isinstance(v, bytes) else str(v)
            for v in np.asarray(values).ravel().tolist()]


def golden(array):
    values = array[...]
    values = np.asarray(values)
    result = {"shape": list(array.shape), "dtype": str(array.dtype), "format": array.metadata.zarr_format}
    if values.dtype.kind in "OUST" or str(values.dtype).startswith("String"):
        result["texts"] = text(values)
        return result
    if values.dtype.kind in "Mm":
        values = values.astype("i8")
        result["dtype"] = "int64"
    native = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("="))
    result["dtype"] = str(native.dtype)
    result["crc32c"] = google_crc32c.value(native.tobytes())
    if native.dtype.kind != "c":
        flat = native.ravel()
        places = sorted({0, flat.size // 3, flat.size // 2, flat.size - 1}) if flat.size else []
        result["values"] = [[int(p), float(flat[p])] for p in places]
    return result


def walk(path):
    """Every array below a folder, by its path, or why zarr-python cannot read it."""
    found = {}
    for name in sorted(p for kind in (".zarray", "zarr.json") for p in path.rglob(kind)):
        folder = name.parent
        key = folder.relative_to(path).as_posix()
        if name.name == "zarr.json" and json.loads(name.read_text())["node_type"] != "array":
            continue
        if key in found:
            continue
        try:
            version = 3 if (folder / "zarr.json").exists() else 2
            found[key] = golden(zarr.open_array(folder, mode="r", zarr_format=version))
        except Exception as error:
            found[key] = {"error": type(error).__name__}
    return found


def pack(folder, target):
    """The same folder gives the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(folder.rglob("*")):
            if name.is_file():
                info = zipfile.ZipInfo(name.relative_to(folder).as_posix(), (2026, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, name.read_bytes())


def make_v2(root):
    group = zarr.open_group(root, mode="w", zarr_format=2)
    group.attrs["title"] = "own fixtures"

    def array(name, data, chunks, **options):
        options.setdefault("compressors", None)
        made = group.create_array(
            name, shape=data.shape, chunks=chunks, dtype=data.dtype, **options)
        made[...] = data
        return made

    for dtype in TYPES:
        array(f"types/{dtype}", pattern((5, 4), dtype), (2, 3))
        if np.dtype(dtype).itemsize > 1:
            array(f"types/{dtype}.be", pattern((5, 4), np.dtype(dtype).newbyteorder(">")), (2, 3))
    for inner in ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]:
        for shuffle in [0, 1, 2]:
            array(f"blosc/{inner}.{shuffle}", pattern((40, 30), "f4"), (16, 16),
                  compressors=numcodecs.Blosc(inner, 5, shuffle))
    for name, codec in {
            "zlib": numcodecs.Zlib(5), "gzip": numcodecs.GZip(5), "bz2": numcodecs.BZ2(5),
            "lz4": numcodecs.LZ4(), "zstd": numcodecs.Zstd(3), "zstd.checksum":
            numcodecs.Zstd(3, checksum=True)}.items():
        array(f"compressors/{name}", pattern((20, 30), "i4"), (8, 16), compressors=codec)
    for name, (dtype, filters) in {
            "shuffle": ("f8", [numcodecs.Shuffle(8)]),
            "delta.i2": ("i2", [numcodecs.Delta("i2")]),
            "delta.u1": ("u1", [numcodecs.Delta("u1")]),
            "delta.f4": ("f4", [numcodecs.Delta("f4")]),
            "delta.f8": ("f8", [numcodecs.Delta("f8")]),
            "delta.i4.i2": ("i4", [numcodecs.Delta("i4", astype="i2")]),
            "delta.be": (">i4", [numcodecs.Delta(">i4")]),
            "fixedscaleoffset": ("f8", [numcodecs.FixedScaleOffset(-120.5, 4, "f8", "i2")]),
            "fixedscaleoffset.f4": ("f4", [numcodecs.FixedScaleOffset(-100, 1, "f4", "u1")]),
            "fixedscaleoffset.shuffle": ("f4", [
                numcodecs.FixedScaleOffset(-100.25, 8, "f4", "i4"), numcodecs.Shuffle(4)]),
            "bitround": ("f4", [numcodecs.BitRound(5)])}.items():
        array(f"filters/{name}", pattern((9, 7), dtype), (4, 7), filters=filters,
              compressors=numcodecs.Zlib(1))
    for name, dtype, fill in [
            ("nan", "f4", float("nan")), ("inf", "f8", float("inf")), ("minus", "f4", -np.inf),
            ("none", "i4", None), ("seven", "i2", 7), ("true", "bool", True),
            ("max", "u8", 2**64 - 1), ("min", "i8", -2**63), ("complex", "c8", 1 - 2j),
            ("text", "U4", "häß"), ("bytes", "S4", b"ab\xff")]:
        made = group.create_array(f"fill/{name}", shape=(5, 3), chunks=(2, 2), dtype=dtype,
                                  fill_value=fill, compressors=None)
        if dtype not in ("U4", "S4"):
            made[0:2, 0:2] = pattern((2, 2), dtype)
    array("layout/fortran", pattern((5, 6, 7), "i2"), (2, 4, 3), order="F")
    array("layout/slash", pattern((5, 6), "i2"), (2, 4),
          chunk_key_encoding={"name": "v2", "separator": "/"})
    array("layout/empty", np.zeros((0, 3), "f4"), (1, 3))
    array("layout/oversized", pattern((3,), "f4"), (10,))
    array("layout/scalar", np.array(42.5), ())
    array("texts/unicode.be", np.array(["a", "äöü", "日本", ""], dtype=">U5"), (3,))
    array("texts/bytes", np.array([b"a", b"abc", b"", b"de"], dtype="S5"), (3,))
    array("texts/times", np.array(["2020-01-01", "NaT", "1969-12-31"], dtype="M8[D]"), (2,))
    with_filter = group.create_array("texts/objects", shape=(2, 3), chunks=(2, 2), dtype=str)
    with_filter[...] = np.array([["one", "zwei", "τρία"], ["", "five", "六"]], dtype=object)
    zarr.consolidate_metadata(root, zarr_format=2)
    # One group without consolidated metadata of its own, in which NaN is written as a bare word.
    (root / "attributes").mkdir()
    (root / "attributes" / ".zgroup").write_text('{"zarr_format": 2}')
    (root / "attributes" / ".zattrs").write_text('{"missing": NaN, "far": -Infinity}')


def make_v3(root):
    group = zarr.open_group(root, mode="w", zarr_format=3)
    group.attrs["title"] = "own fixtures"

    def array(name, data, chunks, **options):
        options.setdefault("compressors", None)
        made = group.create_array(
            name, shape=data.shape, chunks=chunks, dtype=data.dtype, **options)
        made[...] = data
        return made

    def chain(name, data, chunks, codecs, fill=0, **options):
        made = zarr.create(store=root, path=name, shape=data.shape, chunks=chunks, zarr_format=3,
                           dtype=data.dtype, codecs=codecs, fill_value=fill, **options)
        made[...] = data
        return made

    for dtype in TYPES:
        array(f"types/{dtype}", pattern((5, 4), dtype), (2, 3))
        if np.dtype(dtype).itemsize > 1:
            chain(f"types/{dtype}.be", pattern((5, 4), dtype), (2, 3), [BytesCodec(endian="big")])
    for name, dtype, fill in [
            ("nan", "f4", float("nan")), ("inf", "f8", float("inf")), ("minus", "f2", -np.inf),
            ("seven", "i2", 7), ("true", "bool", True), ("max", "u8", 2**64 - 1),
            ("complex", "c16", complex(1, float("nan"))), ("text", "U4", "häß")]:
        made = group.create_array(f"fill/{name}", shape=(5, 3), chunks=(2, 2), dtype=dtype,
                                  fill_value=fill, compressors=None)
        if dtype != "U4":
            made[0:2, 0:2] = pattern((2, 2), dtype)
    little = BytesCodec(endian="little")
    data = pattern((8, 12, 6), "u2")
    chain("codecs/transpose", data, (4, 5, 6), [TransposeCodec(order=(2, 0, 1)), little])
    chain("codecs/transpose.twice", data, (4, 5, 6),
          [TransposeCodec(order=(2, 0, 1)), TransposeCodec(order=(1, 0, 2)), little, ZstdCodec()])
    chain("codecs/crc32c", data, (4, 5, 6), [little, Crc32cCodec()])
    chain("codecs/gzip.crc32c", data, (4, 5, 6), [little, GzipCodec(), Crc32cCodec()])
    chain("codecs/bitshuffle", data, (4, 5, 6),
          [little, BloscCodec(typesize=2, cname="lz4", clevel=5, shuffle="bitshuffle")])

    def shard(chunk, codecs, **options):
        return ShardingCodec(chunk_shape=chunk, codecs=codecs, **options)

    chain("shards/start", data, (8, 6, 6), [shard((4, 3, 2), [little], index_location="start")])
    chain("shards/end", data, (4, 6, 3), [shard((2, 3, 3), [little, ZstdCodec()])])
    chain("shards/plain.index", data, (8, 6, 6),
          [shard((4, 3, 2), [little], index_codecs=[BytesCodec(endian="little")])])
    chain("shards/big.index", data, (8, 6, 6),
          [shard((4, 3, 2), [little], index_codecs=[BytesCodec(endian="big"), Crc32cCodec()])])
    chain("shards/nested", data, (8, 12, 6),
          [shard((4, 6, 6), [shard((2, 3, 3), [little, GzipCodec()])])])
    chain("shards/nested.start", data, (8, 12, 6), [shard(
        (4, 6, 6), [shard((2, 3, 3), [little], index_location="start")], index_location="start")])
    chain("shards/transpose.inside", data, (8, 6, 6),
          [shard((4, 3, 2), [TransposeCodec(order=(2, 0, 1)), little])])
    chain("shards/transpose.outside", data, (8, 6, 4),
          [TransposeCodec(order=(2, 0, 1)), shard((4, 2, 1), [little, ZstdCodec()])])
    chain("shards/transpose.both", data, (8, 6, 4), [TransposeCodec(order=(1, 2, 0)), shard(
        (2, 1, 4), [TransposeCodec(order=(2, 0, 1)), little, ZstdCodec()])])
    chain("shards/compressed", data, (8, 6, 6), [shard((4, 3, 2), [little]), GzipCodec()])
    chain("shards/checksum", data, (8, 6, 6), [shard((4, 3, 2), [little]), Crc32cCodec()])
    ragged = chain("shards/ragged", pattern((7, 11), "f4"), (4, 6),
                   [shard((2, 3), [little, ZstdCodec()])], fill=-1)
    sparse = zarr.create(store=root, path="shards/sparse", shape=(16, 16), chunks=(8, 8),
                         zarr_format=3, dtype="f4", codecs=[shard((4, 4), [little])],
                         fill_value=float("nan"))
    sparse[1:3, 9:10] = 5
    sparse[12, 2] = 6
    array("layout/scalar", np.array(42.5), ())
    array("layout/empty", np.zeros((3, 0), "f4"), (1, 3))
    array("layout/v2.keys", pattern((5, 6), "i2"), (2, 4),
          chunk_key_encoding={"name": "v2", "separator": "/"})
    array("layout/dot.keys", pattern((5, 6), "i2"), (2, 4),
          chunk_key_encoding={"name": "default", "separator": "."})
    array("texts/unicode", np.array(["a", "äöü", "日本", ""], dtype="U5"), (3,))
    array("texts/bytes", np.array([b"a", b"abc", b"", b"de"], dtype="S5"), (3,))
    array("texts/times", np.array(["2020-01-01", "NaT", "1969-12-31"], dtype="M8[D]"), (2,))
    made = group.create_array("texts/strings", shape=(2, 3), chunks=(2, 2), dtype=str,
                              compressors=GzipCodec())
    made[...] = np.array([["one", "zwei", "τρία"], ["", "five", "六"]], dtype=object)
    made = group.create_array("texts/sharded", shape=(5, 3), chunks=(2, 1), shards=(4, 3), dtype=str)
    made[...] = np.array([[f"{r}-{c}" * (r + 1) for c in range(3)] for r in range(5)], dtype=object)
    from zarr.codecs import numcodecs as extra
    delta = extra.Delta(dtype="<i4")
    chain("filters/delta", pattern((6, 5), "i4"), (4, 3), [delta, little])
    chain("filters/transpose.delta", pattern((6, 5), "i4"), (4, 3),
          [TransposeCodec(order=(1, 0)), delta, little])
    chain("filters/fixedscaleoffset", pattern((6, 5), "f8"), (4, 3), [extra.FixedScaleOffset(
        offset=-120.5, scale=4, dtype="<f8", astype="<i2"), little])
    for name, codec in {"bz2": extra.BZ2(level=5), "zlib": extra.Zlib(level=5),
                        "lz4": extra.LZ4(), "shuffle": extra.Shuffle(elementsize=2)}.items():
        chain(f"filters/{name}", data, (4, 5, 6), [little, codec])
    zarr.consolidate_metadata(root, zarr_format=3)


def main():
    result = {}
    for store in ["zarrita-js/v2/data.zarr", "zarrita-js/v3/data.zarr", "zarrs"]:
        result[store] = walk(FIXTURES / store)
    for name, make in {"made-v2.zip": make_v2, "made-v3.zip": make_v3}.items():
        folder = pathlib.Path(tempfile.mkdtemp())
        make(folder)
        result[name] = walk(folder)
        pack(folder, FIXTURES / name)
        shutil.rmtree(folder)
    write(GOLDEN / "zarr_fixtures.json", result)
    if len(sys.argv) > 1:
        root = pathlib.Path(sys.argv[1])
        shared = ["zarr/interop/zarr_implementations/zarr.zr", "zarr/xcube/cube-1-250-250.zarr",
                  "zarr/xcube/cube-1-250-250.levels"]
        write(GOLDEN / "zarr_shared.json", {name: walk(root / name) for name in shared})


def write(path, stores):
    """One line for each array, so that changes are easy to see."""
    blocks = []
    for store, arrays in stores.items():
        lines = [f"    {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in arrays.items()]
        blocks.append(f"  {json.dumps(store)}: {{\n" + ",\n".join(lines) + "\n  }")
    path.write_text("{\n" + ",\n".join(blocks) + "\n}\n")


main()
