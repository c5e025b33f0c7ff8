#!/usr/bin/python3
"""Makes GeoTIFF files with GDAL, and beside each what GDAL reads of it. Run by check_geotiff.py with the
system's Python, which has GDAL.

    geotiff_files.py FOLDER
    geotiff_files.py FOLDER --huge

Writes FOLDER/<name>.tif and FOLDER/<name>.npz: `values` (bands, rows, columns; NaN where there is none),
`x` and `y` (centres) and `wkt`; what must be refused goes to FOLDER/refused/, with the words that the
message must have in <name>.txt. --huge: one file of 100,000 x 100,000 pixels, nearly all of them left out.
"""

import sys
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
ROWS, COLUMNS = 181, 237

TYPES = {
    "uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "int16": gdal.GDT_Int16,
    "uint32": gdal.GDT_UInt32, "int32": gdal.GDT_Int32, "uint64": gdal.GDT_UInt64,
    "int64": gdal.GDT_Int64, "float32": gdal.GDT_Float32, "float64": gdal.GDT_Float64,
}  # fmt: skip

SYSTEMS = {
    "utm": "EPSG:32633", "antarctic": "EPSG:3031", "arctic": "EPSG:3413", "feet": "EPSG:2263",
    "mercator": "EPSG:3857", "robinson": "ESRI:54030",
    "own_laea": "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m",
    "own_lcc": "+proj=lcc +lat_1=30 +lat_2=60 +lat_0=45 +lon_0=10 +x_0=1000 +y_0=-2000 +datum=WGS84",
    "own_aea": "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 +datum=NAD83",
    "own_stere": "+proj=stere +lat_0=-90 +lat_ts=-65 +lon_0=20 +datum=WGS84",
    "own_sinusoidal": "+proj=sinu +lon_0=0 +R=6371007.181",
    "own_tmerc": "+proj=tmerc +lat_0=1 +lon_0=12 +k_0=0.9995 +x_0=5000 +y_0=0 +a=6378388 +b=6356911.9",
    "own_km": "+proj=cea +lat_ts=30 +lon_0=5 +datum=WGS84 +units=km",
    "own_sterea": "+proj=sterea +lat_0=52 +lon_0=5 +k_0=0.9999 +x_0=155000 +y_0=463000 +ellps=bessel",
    "own_eqc": "+proj=eqc +lat_ts=20 +lon_0=3 +datum=WGS84",
}  # fmt: skip


def field(dtype: str, bands: int, rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    """Smooth waves over what the type can hold of a few thousands."""
    down, across = np.mgrid[0:rows, 0:columns]
    top = {"uint8": 120.0, "int8": 100.0}.get(dtype, 4000.0)
    low = top if dtype.startswith("u") else 0.3 * top
    return np.stack(
        [
            (top * np.sin(across / (17 + band)) * np.cos(down / 23) + low).astype(dtype)
            for band in range(bands)
        ]
    )


class Maker:
    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "refused").mkdir(parents=True, exist_ok=True)

    def make(
        self, name: str, dtype: str, *options: str, bands: int = 1, crs: str = "EPSG:32633",
        transform=(400_000, 100, 0, 5_600_000, 0, -100), nodata=None, describe=None, cog: bool = False,
        values: np.ndarray | None = None, leave_out: bool = False, signed: bool = False,
        mask: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        path = self.folder / f"{name}.tif"
        values = field(dtype, bands) if values is None else values
        driver = gdal.GetDriverByName("MEM" if cog else "GTiff")
        rows, columns = values.shape[1:]
        kind = TYPES["uint8" if signed else dtype]
        made = driver.Create(
            "" if cog else str(path), columns, rows, bands, kind, [] if cog else list(options))
        made.SetGeoTransform(transform)
        system = osr.SpatialReference()
        system.SetFromUserInput(crs)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        made.SetSpatialRef(system)
        if describe:
            describe(made)
        for band in range(bands):
            out = made.GetRasterBand(band + 1)
            if nodata is not None:
                out.SetNoDataValue(nodata)
            if leave_out:
                out.WriteArray(values[band, :64, :64])
            else:
                out.WriteArray(values[band].view("uint8") if signed else values[band])
        if mask is not None:
            made.CreateMaskBand(gdal.GMF_PER_DATASET)
            made.GetRasterBand(1).GetMaskBand().WriteArray(np.where(mask, 255, 0).astype("uint8"))
        if cog:
            gdal.GetDriverByName("COG").CreateCopy(str(path), made, options=list(options))
        made = None
        self.keep(path, signed)

    def keep(self, path: Path, signed: bool = False) -> None:
        """What GDAL reads of the file."""
        read = gdal.Open(str(path))
        bands = []
        for number in range(read.RasterCount):
            band = read.GetRasterBand(number + 1)
            stored = band.ReadAsArray()
            if signed:
                stored = stored.view("int8")
            values = stored.astype("float64")
            missing = band.GetNoDataValue()
            if missing is not None:
                values[stored == np.asarray(missing).astype(stored.dtype)] = np.nan
            if band.GetMaskFlags() & gdal.GMF_PER_DATASET:
                values[band.GetMaskBand().ReadAsArray() == 0] = np.nan
            values = values * (band.GetScale() or 1.0) + (band.GetOffset() or 0.0)
            bands.append(values)
        left, across, _, top, _, down = read.GetGeoTransform()
        np.savez(
            path.with_suffix(".npz"), values=np.stack(bands),
            x=left + (np.arange(read.RasterXSize) + 0.5) * across,
            y=top + (np.arange(read.RasterYSize) + 0.5) * down,
            wkt=read.GetSpatialRef().ExportToWkt(["FORMAT=WKT2_2019"]),
        )  # fmt: skip

    def refuse(self, name: str, words: str, make) -> None:
        make(str(self.folder / f"refused/{name}.tif"))
        (self.folder / f"refused/{name}.txt").write_text(words)


def readable(maker: Maker) -> None:
    for dtype in TYPES:
        maker.make(f"type_{dtype}", dtype, "COMPRESS=DEFLATE", "TILED=YES", "BLOCKXSIZE=64",
                   "BLOCKYSIZE=64")  # fmt: skip
    maker.make("type_int8", "int8", "PIXELTYPE=SIGNEDBYTE", signed=True)
    for method in ("NONE", "LZW", "PACKBITS", "DEFLATE", "ZSTD", "LZMA", "LERC", "LERC_ZSTD"):
        low = method.lower()
        maker.make(f"strips_{low}", "float32", f"COMPRESS={method}", "BLOCKYSIZE=7")
        maker.make(f"tiles_{low}", "int16", f"COMPRESS={method}", "TILED=YES", "BLOCKXSIZE=128",
                   "BLOCKYSIZE=32")  # fmt: skip
    for method in ("LZW", "DEFLATE", "ZSTD"):
        for predictor, dtype in ((2, "int16"), (2, "uint32"), (3, "float32"), (3, "float64")):
            maker.make(f"predictor{predictor}_{method.lower()}_{dtype}", dtype, f"COMPRESS={method}",
                       f"PREDICTOR={predictor}", "TILED=YES")  # fmt: skip
    for order in ("BIG", "LITTLE"):
        maker.make(f"order_{order.lower()}", "float32", f"ENDIANNESS={order}", "COMPRESS=DEFLATE",
                   "PREDICTOR=3")  # fmt: skip
        maker.make(f"plain_{order.lower()}", "int32", f"ENDIANNESS={order}")
    maker.make("bigtiff", "int16", "BIGTIFF=YES", "COMPRESS=DEFLATE")
    maker.make("one_strip", "float32", f"BLOCKYSIZE={ROWS}")
    for inner in ("PIXEL", "BAND"):
        maker.make(f"bands_{inner.lower()}", "int16", f"INTERLEAVE={inner}", "COMPRESS=LZW",
                   "PREDICTOR=2", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", bands=3)  # fmt: skip
    maker.make("cog", "float32", "COMPRESS=DEFLATE", "BLOCKSIZE=128", cog=True, nodata=-9999,
               values=np.where(field("float32", 1) > 3000, -9999, field("float32", 1)))  # fmt: skip
    maker.make("cog_int", "int16", "COMPRESS=LZW", "PREDICTOR=YES", "BLOCKSIZE=128", cog=True)
    holes = field("float32", 1)
    holes[0, 20:60, 30:90] = np.nan
    maker.make("nodata_nan", "float32", nodata=float("nan"), values=holes)
    lowest = -3.4028234663852886e38
    maker.make("nodata_lowest", "float32", nodata=lowest,
               values=np.where(np.isnan(holes), np.float32(lowest), holes))  # fmt: skip
    maker.make("nodata_int", "int16", nodata=-32768,
               values=np.where(np.isnan(holes), -32768, holes).astype("int16"))  # fmt: skip
    maker.make("sparse", "int16", "SPARSE_OK=TRUE", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64",
               nodata=-32768, leave_out=True)  # fmt: skip
    maker.make("sparse_float", "float32", "SPARSE_OK=TRUE", "TILED=YES", "BLOCKXSIZE=64",
               "BLOCKYSIZE=64", nodata=float("nan"), leave_out=True)  # fmt: skip

    counts = ~np.isnan(holes[0]) & (np.indices((ROWS, COLUMNS)).sum(0) % 29 > 0)
    for dtype in ("uint8", "int16", "uint16", "int32", "float32", "float64"):
        maker.make(f"mask_{dtype}", dtype, "COMPRESS=DEFLATE", mask=counts)
    maker.make("mask_tiles", "int16", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=32", mask=counts)
    maker.make("mask_bands", "int16", "INTERLEAVE=BAND", "TILED=YES", bands=3, mask=counts)
    maker.make("mask_pixels", "uint8", bands=3, mask=counts)
    maker.make("mask_bigtiff", "float32", "BIGTIFF=YES", "ENDIANNESS=BIG", mask=counts)
    maker.make("mask_nodata", "int16", nodata=-1, mask=counts,
               values=np.where(field("int16", 1) > 3000, -1, field("int16", 1)).astype("int16"))  # fmt: skip
    maker.make("mask_unfit_nodata", "uint8", nodata=-9999, mask=counts)
    maker.make("mask_int64", "int64", nodata=-1, mask=counts)
    maker.make("mask_none_counts", "int16", mask=np.zeros((ROWS, COLUMNS)))
    for dtype in ("int16", "float32"):
        maker.make(f"mask_cog_{dtype}", dtype, "COMPRESS=LZW", "BLOCKSIZE=128", cog=True, mask=counts)
    maker.make("bits", "uint8", "NBITS=1", values=counts[None].astype("uint8"))
    maker.make("bits_tiles", "uint8", "NBITS=1", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64",
               "PHOTOMETRIC=MINISWHITE", "COMPRESS=LZW", values=counts[None].astype("uint8"))  # fmt: skip
    maker.make("one_cell", "float32", crs="EPSG:4326", transform=(10, 0.5, 0, 50, 0, -0.25),
               values=np.full((1, 1, 1), 1234.5, "float32"))  # fmt: skip
    maker.make("one_row", "float32", values=field("float32", 1)[:, :1])

    def packed(made) -> None:
        band = made.GetRasterBand(1)
        band.SetScale(0.25)
        band.SetOffset(-100)
        band.SetUnitType("ft")
        band.SetDescription("surface height")

    maker.make("packed", "int16", describe=packed, nodata=-1)

    def point(made) -> None:
        made.SetMetadataItem("AREA_OR_POINT", "Point")

    maker.make("point", "float32", describe=point)
    maker.make("south_up", "float32", transform=(400_000, 100, 0, 5_500_000, 0, 100))
    degrees = (5.0, 0.05, 0, 55.0, 0, -0.05)
    maker.make("geographic", "float32", crs="EPSG:4326", transform=degrees)
    maker.make("geographic_nad27", "float32", crs="EPSG:4267", transform=(-100.0, 0.05, 0, 50, 0, -0.05))
    maker.make("geographic_own", "float32", crs="+proj=longlat +R=6371229", transform=degrees)
    maker.make("antimeridian", "float32", crs="EPSG:4326", transform=(170.0, 0.1, 0, 10, 0, -0.1))
    for name, crs in SYSTEMS.items():
        unit = 1000 if "km" in name else 1
        maker.make(f"crs_{name}", "float32", crs=crs,
                   transform=(1000 / unit, 100 / unit, 0, 50_000 / unit, 0, -100 / unit))  # fmt: skip


def unreadable(maker: Maker) -> None:
    def create(path: str, kind=gdal.GDT_Byte, *options: str, bands: int = 1, placed: bool = True):
        made = gdal.GetDriverByName("GTiff").Create(path, 64, 48, bands, kind, list(options))
        if placed:
            made.SetGeoTransform((400_000, 100, 0, 5_600_000, 0, -100))
            system = osr.SpatialReference()
            system.ImportFromEPSG(32633)
            made.SetSpatialRef(system)
        return made

    def turned(path: str) -> None:
        create(path).SetGeoTransform((400_000, 100, 20, 5_600_000, 20, -100))

    def masked(path: str, *options) -> None:
        made = create(path, *options)
        made.CreateMaskBand(gdal.GMF_PER_DATASET)
        made.GetRasterBand(1).GetMaskBand().WriteArray(np.eye(48, 64, dtype="uint8") * 255)

    def masked_beside(path: str) -> None:
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "NO")
        masked(path)
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")

    maker.refuse("jpeg", "method 7", lambda path: create(path, gdal.GDT_Byte, "COMPRESS=JPEG"))
    maker.refuse("bits", "numbers of 12 bits", lambda path: create(path, gdal.GDT_UInt16, "NBITS=12"))
    maker.refuse("complex", "complex numbers", lambda path: create(path, gdal.GDT_CFloat32))
    maker.refuse("turned", "gdalwarp", turned)
    maker.refuse("masked_int64", "gdalwarp -dstnodata", lambda path: masked(path, gdal.GDT_Int64))
    maker.refuse("masked_beside", "GDAL_TIFF_INTERNAL_MASK YES", masked_beside)
    maker.refuse("unplaced", "does not say where", lambda path: create(path, placed=False))


def huge(folder: Path) -> None:
    made = gdal.GetDriverByName("GTiff").Create(
        str(folder / "huge.tif"), 100_000, 100_000, 1, gdal.GDT_Int16,
        ["SPARSE_OK=TRUE", "TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=YES"])  # fmt: skip
    made.SetGeoTransform((-180, 0.0036, 0, 90, 0, -0.0018))
    system = osr.SpatialReference()
    system.ImportFromEPSG(4326)
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    made.SetSpatialRef(system)
    made.GetRasterBand(1).SetNoDataValue(-32768)
    made.GetRasterBand(1).SetUnitType("m")
    made.GetRasterBand(1).WriteArray(np.full((512, 512), 1234, "int16"), 50_176, 50_176)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    if "--huge" in sys.argv:
        huge(target)
    else:
        readable(Maker(target))
        unreadable(Maker(target))
