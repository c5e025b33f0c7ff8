"""The viewer of a made site in a real browser: what it shows, computes, says and costs, on a desk and on a phone."""

from pathlib import Path

from report import Report, Skipped
from site_folder import Site
from viewer_analysis import analysis_checks
from viewer_browser import Viewer, chromium
from viewer_compare import compare_checks
from viewer_dimensions import dimension_checks
from viewer_faults import fault_checks
from viewer_layers import layer_checks
from viewer_map import map_checks
from viewer_pixels import pixel_checks
from viewer_series import series_checks
from viewer_speed import speed_checks
from viewer_state import state_checks

PICTURES = Path(__file__).resolve().parent.parent.parent / ".build/viewer-shots"


def viewer_checks(report: Report, site: Site, address: str, cubepress: str | None) -> None:
    """Runs all checks of the viewer; pictures of it are kept in .build/viewer-shots."""
    if report.only and not report.only.startswith("viewer"):
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        with chromium() as browser:
            viewer = Viewer(browser, site.folder, address, PICTURES)
            speed_checks(report, viewer)
            map_checks(report, viewer)
            layer_checks(report, viewer, site)
            compare_checks(report, viewer)
            series_checks(report, viewer)
            analysis_checks(report, viewer)
            state_checks(report, viewer)
            fault_checks(report, viewer)
            pixel_checks(report, viewer, site)
            dimension_checks(report, browser, cubepress, PICTURES)
    except Skipped as reason:
        report.check("viewer", skip, reason)


def skip(reason: Skipped) -> None:
    raise reason
