#!/usr/bin/env python3
"""Checks a made site with real clients and against its sources. See `run`."""

import argparse
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from check_4d_viewer import viewer_layer_checks
from check_catalogue import catalogue_checks
from check_cube import cube_checks
from check_damage import damage_checks
from check_deploy import deploy_checks
from check_documents import document_checks
from check_gdal import gdal_checks
from check_geotiff import geotiff_checks
from check_globe import globe_checks
from check_lexcube import lexcube_checks
from check_memory import memory_checks
from check_nginx import nginx_checks
from check_team_nginx import team_nginx_checks
from check_nightly import nightly_checks
from check_paper import paper_checks
from check_pixels import style_checks
from check_publish import publish_checks
from check_qgis import qgis_checks
from check_relief import relief_checks
from check_restart import restart_checks
from check_search import search_checks
from check_stories import story_checks
from check_server import server_checks
from check_sign_in import sign_in_checks
from check_slurm import slurm_checks
from check_sources import source_checks
from check_terrain import made_terrain_checks, terrain_checks
from check_values import value_checks
from check_viewer import viewer_checks
from check_xcube_viewer import live_checks
from check_workspace import workspace_checks
from check_zarr import zarr_checks
from publish_faults import fault_checks
from recipe import read_recipe
from report import Report, joined
from site_folder import Site, served

ROOT = Path(__file__).resolve().parent.parent.parent


def site_checks(report: Report, arguments) -> None:
    """A made site, read and looked at by real clients."""
    shown = read_recipe(arguments.recipe)
    site = Site(arguments.site)
    style_checks(report, site, shown)
    with served(site, arguments.cubepress, at_its_address=True) as address:
        document_checks(report, site, address, shown)
        gdal_checks(report, site, address, shown)
        qgis_checks(report, site, address, shown)
        zarr_checks(
            report, site, address, shown, arguments.cubepress, arguments.quick)
        terrain_checks(report, site, address.base, arguments.recipe, shown)
        lexcube_checks(report, site)
        paper_checks(report, site)
        catalogue_checks(report, site, address)
        search_checks(report, site, address.base)
        story_checks(report, site, address.base, arguments.cubepress)
    deploy_checks(report, arguments.cubepress, arguments.site, arguments.recipe)
    if arguments.cubepress:
        nginx_checks(report, arguments.cubepress, arguments.site, arguments.recipe)
        value_checks(report, arguments.cubepress, shown)
        viewer_layer_checks(report, arguments.cubepress)


def map_checks(report: Report, arguments) -> None:
    """The map viewer, used in a browser."""
    site = Site(arguments.site)
    with served(site, arguments.cubepress) as address:
        viewer_checks(report, site, address.base, arguments.cubepress)


def space_checks(report: Report, arguments) -> None:
    """Globe and cube, used in a browser."""
    site = Site(arguments.site)
    with served(site, arguments.cubepress) as address:
        globe_checks(report, site, address.base, arguments.cubepress)
        cube_checks(report, site, address.base, arguments.cubepress)


def builder_checks(report: Report, arguments) -> None:
    """The program with sources of all kinds and damaged ones, over its command line."""
    if not arguments.cubepress or arguments.quick:
        return
    made_terrain_checks(report, arguments.cubepress)
    relief_checks(report, arguments.cubepress)
    geotiff_checks(report, arguments.cubepress)
    damage_checks(report, arguments.cubepress)
    source_checks(report, arguments.cubepress)


def run_checks(report: Report, arguments) -> None:
    """Builds that are killed, shared out over machines and short of memory."""
    if not arguments.cubepress or arguments.quick:
        return
    restart_checks(report, arguments.cubepress, arguments.recipe, arguments.kills)
    slurm_checks(report, arguments.cubepress, arguments.site, arguments.recipe)
    memory_checks(report, arguments.cubepress, arguments.memory_size)


def publish_and_server_checks(report: Report, arguments) -> None:
    """What has a server at its other end: buckets, and the server for private cubes."""
    if arguments.cubepress and not arguments.quick:
        publish_checks(report, arguments.cubepress, arguments.site, arguments.kills)
        fault_checks(report, arguments.cubepress)
        nightly_checks(report, arguments.cubepress, arguments.kills)
    if arguments.cubepress and arguments.server:
        server_checks(report, arguments.cubepress, arguments.server)
        live_checks(report, arguments.cubepress, arguments.server)
        workspace_checks(report, arguments.cubepress, arguments.server)
        sign_in_checks(report, arguments.server)
        team_nginx_checks(report, arguments.server)


# Independent of each other; those that take longest first.
PARTS = (
    map_checks, publish_and_server_checks, site_checks, builder_checks, space_checks, run_checks)


def run_part(part, arguments) -> Report:
    report = Report(arguments.only)
    try:
        part(report, arguments)
    except Exception as error:  # what the other parts found is not lost
        traceback.print_exc(file=sys.stdout)
        report.failures.append(f"FAIL {part.__name__} broke off: {error}")
    return report


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("site", type=lambda text: Path(text).resolve())
    parser.add_argument("--recipe", type=Path, default=ROOT / "Recipes/demo/demo.yaml")
    parser.add_argument("--cubepress", help="the program; without it only the site is checked")
    parser.add_argument("--server", help="the server for private cubes")
    parser.add_argument("--only", help="run the checks whose name contains this")
    parser.add_argument("--kills", type=int, default=6, help="how often to kill a build")
    parser.add_argument("--memory-size", type=int, default=200, help="MB of the large cubes")
    parser.add_argument("--quick", action="store_true", help="leave out what builds sites anew")
    parser.add_argument("--parts", type=int, default=3, help="how many parts run side by side")
    arguments = parser.parse_args()
    with ProcessPoolExecutor(arguments.parts) as pool:
        return joined(pool.map(run_part, PARTS, [arguments] * len(PARTS))).close()


if __name__ == "__main__":
    sys.exit(main())
