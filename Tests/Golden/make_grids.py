"""Makes the expected values of Tests/GridsTests with pyproj and morecantile.

Run:  python make_grids.py [folder laid out like the shared test data]

Writes Tests/GridsTests/Fixtures/{mappings.json,matrices.json} and, when the folder is given,
nemo_places.bin: every third row and column of the cell centres of an ORCA1 grid (NEMO, from
netcdf/nemo in that folder), the last row among them because the grid folds onto itself there,
as little-endian float32, latitudes then longitudes.
"""

import json
import pathlib
import sys

import morecantile
import pyproj

FIXTURES = pathlib.Path(__file__).parent.parent / "GridsTests" / "Fixtures"
SPHERE = {"earth_radius": 6371229.0}
WGS84 = {"semi_major_axis": 6378137.0, "inverse_flattening": 298.257223563}
BESSEL = {"semi_major_axis": 6377397.155, "semi_minor_axis": 6356078.962818189}


def mapping(name, earth, places, **parameters):
    """One grid mapping with the projected coordinates of some places."""
    attributes = {"grid_mapping_name": name, **parameters, **earth}
    crs = pyproj.CRS.from_cf(attributes)
    # From the longitudes and latitudes of the mapping's own body: no datum shift takes part.
    base = pyproj.CRS.from_proj4(
        "+proj=longlat +type=crs "
        + (f"+R={earth['earth_radius']}" if "earth_radius" in earth
           else f"+a={earth['semi_major_axis']} +rf={earth['inverse_flattening']}"
           if "inverse_flattening" in earth
           else f"+a={earth['semi_major_axis']} +b={earth['semi_minor_axis']}"))
    way = pyproj.Transformer.from_crs(base, crs, always_xy=True)
    return {
        "attributes": attributes,
        "points": [[*place, *way.transform(*place)] for place in places],
    }


def swiss_oblique_mercator():
    """EPSG:2056, because pyproj does not rectify the oblique Mercator of CF to grid north."""
    crs = pyproj.CRS(2056)
    way = pyproj.Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    return {
        "attributes": {
            "grid_mapping_name": "oblique_mercator", "azimuth_of_central_line": 90.0,
            "latitude_of_projection_origin": 46.9524055555556,
            "longitude_of_projection_origin": 7.43958333333333,
            "scale_factor_at_projection_origin": 1.0, "false_easting": 2600000.0,
            "false_northing": 1200000.0, **BESSEL},
        "points": [[*place, *way.transform(*place)] for place in [(8.5, 47.4), (6.2, 46.2)]],
    }


def mappings():
    europe = [(10, 50), (-5, 36.5), (25, 69)]
    north, south = [(-35, 60), (120, 75), (0, 89)], [(0, -71), (135, -65), (-90, -88)]
    world = [(0.5, 0.5), (-120, 40), (100, -30)]
    return [
        mapping("polar_stereographic", WGS84, south, straight_vertical_longitude_from_pole=0.0,
                latitude_of_projection_origin=-90.0, standard_parallel=-71.0,
                false_easting=0.0, false_northing=0.0),
        mapping("polar_stereographic", {"earth_radius": 6378169.0}, north,
                straight_vertical_longitude_from_pole=-35.0, latitude_of_projection_origin=90.0,
                standard_parallel=60.0, false_easting=0.0, false_northing=0.0),
        mapping("polar_stereographic", WGS84, north, straight_vertical_longitude_from_pole=0.0,
                latitude_of_projection_origin=90.0, scale_factor_at_projection_origin=0.994,
                false_easting=2e6, false_northing=2e6),
        mapping("lambert_azimuthal_equal_area", WGS84, europe,
                longitude_of_projection_origin=10.0, latitude_of_projection_origin=52.0,
                false_easting=4321000.0, false_northing=3210000.0),
        mapping("lambert_conformal_conic", SPHERE, europe, standard_parallel=[30.0, 65.0],
                longitude_of_central_meridian=15.0, latitude_of_projection_origin=50.0,
                false_easting=0.0, false_northing=0.0),
        mapping("lambert_conformal_conic", SPHERE, europe, standard_parallel=25.0,
                longitude_of_central_meridian=-5.0, latitude_of_projection_origin=25.0,
                false_easting=1000.0, false_northing=2000.0),
        mapping("albers_conical_equal_area", WGS84, [(-96, 38), (-120, 47)],
                standard_parallel=[29.5, 45.5], longitude_of_central_meridian=-96.0,
                latitude_of_projection_origin=23.0, false_easting=0.0, false_northing=0.0),
        mapping("transverse_mercator", WGS84, europe, scale_factor_at_central_meridian=0.9996,
                longitude_of_central_meridian=9.0, latitude_of_projection_origin=0.0,
                false_easting=500000.0, false_northing=0.0),
        mapping("mercator", SPHERE, world, longitude_of_projection_origin=0.0,
                standard_parallel=20.0, false_easting=0.0, false_northing=0.0),
        mapping("mercator", WGS84, world, longitude_of_projection_origin=10.0,
                scale_factor_at_projection_origin=1.0, false_easting=0.0, false_northing=0.0),
        mapping("stereographic", BESSEL, europe, longitude_of_projection_origin=5.4,
                latitude_of_projection_origin=52.2, scale_factor_at_projection_origin=0.9999,
                false_easting=155000.0, false_northing=463000.0),
        mapping("lambert_cylindrical_equal_area", WGS84, world, standard_parallel=30.0,
                longitude_of_central_meridian=0.0, false_easting=0.0, false_northing=0.0),
        mapping("sinusoidal", {"earth_radius": 6371007.181}, world,
                longitude_of_projection_origin=0.0, false_easting=0.0, false_northing=0.0),
        mapping("azimuthal_equidistant", WGS84, europe, longitude_of_projection_origin=24.0,
                latitude_of_projection_origin=53.0, false_easting=5837287.82,
                false_northing=2121415.696),
        mapping("orthographic", SPHERE, europe, longitude_of_projection_origin=0.0,
                latitude_of_projection_origin=45.0, false_easting=0.0, false_northing=0.0),
        mapping("vertical_perspective", SPHERE, europe, longitude_of_projection_origin=0.0,
                latitude_of_projection_origin=45.0, perspective_point_height=3.5e7,
                false_easting=0.0, false_northing=0.0),
        mapping("geostationary", WGS84, world[:1] + [(20, -30)],
                longitude_of_projection_origin=0.0, latitude_of_projection_origin=0.0,
                perspective_point_height=35786023.0, sweep_angle_axis="y",
                false_easting=0.0, false_northing=0.0),
        mapping("geostationary", WGS84, [(-75.2, 0.1), (-90, 40)],
                longitude_of_projection_origin=-75.0, latitude_of_projection_origin=0.0,
                perspective_point_height=35786023.0, fixed_angle_axis="y",
                false_easting=0.0, false_northing=0.0),
        swiss_oblique_mercator(),
        mapping("rotated_latitude_longitude", SPHERE, europe, grid_north_pole_latitude=39.25,
                grid_north_pole_longitude=-162.0, north_pole_grid_longitude=0.0),
        mapping("rotated_latitude_longitude", WGS84, europe, grid_north_pole_latitude=43.0,
                grid_north_pole_longitude=-170.0, north_pole_grid_longitude=12.0),
        mapping("latitude_longitude", SPHERE, europe),
    ]


def matrices():
    names = ["WebMercatorQuad", "WorldCRS84Quad", "UPSAntarcticWGS84Quad", "UPSArcticWGS84Quad"]
    sets = {}
    for name in names:
        tms = morecantile.tms.get(name)
        sets[name] = [
            [int(m.id), m.scaleDenominator, m.cellSize, *m.pointOfOrigin, m.matrixWidth,
             m.matrixHeight]
            for m in tms.tileMatrices
        ]
    return sets


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / "mappings.json").write_text(json.dumps(mappings(), indent=1) + "\n")
    (FIXTURES / "matrices.json").write_text(json.dumps(matrices()) + "\n")
    if len(sys.argv) > 1:
        import netCDF4

        file = sorted(pathlib.Path(sys.argv[1], "netcdf", "nemo").glob("*.nc"))[0]
        with netCDF4.Dataset(file) as data:
            places = [data[name][2::3, ::3].filled(float("nan")).astype("<f4")
                      for name in ("nav_lat", "nav_lon")]
        (FIXTURES / "nemo_places.bin").write_bytes(b"".join(p.tobytes() for p in places))


if __name__ == "__main__":
    main()
