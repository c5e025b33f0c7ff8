"""What teams keep on the server: uploads with a tus client and by forms, hostile files, files with versions, places
compared with shapely, publishing, and what a crash leaves."""

import tempfile
from pathlib import Path

import workspace_contents
import workspace_operation
import workspace_pages
import workspace_replacing
import workspace_uploads
from team_workspace import Workspace


def workspace_checks(report, cubepress: str, program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(cubepress, program, Path(folder))
        try:
            report.check("workspace: a team", space.set_up)
            report.check("workspace: upload NetCDF with tuspy", workspace_uploads.uploads_netcdf, space)
            report.check("workspace: upload Zarr, open it with xarray", workspace_uploads.uploads_zarr, space)
            report.check("workspace: hostile and damaged uploads", workspace_uploads.refuses, space)
            report.check("workspace: an upload goes on after kill -9", workspace_uploads.goes_on, space)
            report.check("workspace: upload GeoTIFF, made by GDAL", workspace_uploads.uploads_geotiff, space)
            report.check("workspace: a dataset is replaced while others read it", workspace_replacing.replaces, space)
            report.check("workspace: killed while a dataset is replaced", workspace_replacing.replaces_or_not, space)
            report.check("workspace: files with versions", workspace_contents.keeps_versions, space)
            report.check("workspace: a notebook as a page", workspace_contents.shows_notebook, space)
            report.check("workspace: places as shapely finds them", workspace_contents.finds_places, space)
            report.check("workspace: sharing", workspace_contents.shares, space)
            report.check("workspace: from the wish to the public site", workspace_contents.publishes, space)
            report.check("workspace: killed while writing", workspace_operation.survives, space)
            report.check("workspace: the log is cut", workspace_operation.cuts_log, space)
            report.check("workspace: a full disk", workspace_operation.full_disk, program)
            report.check("workspace: slow and oversized requests", workspace_operation.limits, space)
            report.check("workspace: restored from a backup", workspace_operation.restores, space)
            report.check("workspace: what guests see", workspace_pages.shows_guests, space)
            report.check("workspace: pages in the browser", workspace_pages.shows_pages, space)
            report.check("workspace: upload without JavaScript", workspace_uploads.uploads_without_scripts, space)
            report.check("workspace: upload with one line of curl", workspace_uploads.uploads_with_curl, space)
            report.check("workspace: a large form, and one that breaks off", workspace_uploads.keeps_large_forms_out_of_memory, space)
        finally:
            space.server.kill()
