"""The viewer of a made site in a real browser: what it shows, computes, says and costs."""

from pathlib import Path

from report import Report, Skipped
from site_folder import Site
from viewer_analysis import analysis_checks
from viewer_browser import Viewer
from viewer_features import feature_checks
from viewer_page import browser, opened
from viewer_pixels import pixel_checks
from viewer_series import series_checks

PICTURES = Path(__file__).resolve().parent.parent.parent / ".build/viewer-shots"


def viewer_checks(report: Report, site: Site, address: str) -> None:
    """Runs all checks of the viewer; pictures of it are kept in .build/viewer-shots."""
    if report.only and "viewer" not in report.only:
        return
    (PICTURES / "phone").mkdir(parents=True, exist_ok=True)
    try:
        with browser() as chromium:
            feature_checks(report, chromium, site.folder, address, PICTURES)
            with opened(chromium, address) as page:
                series_checks(report, chromium, page, site.folder, address)
            with opened(chromium, address) as page:
                analysis_checks(report, page, site.folder, PICTURES)
            pixel_checks(report, Viewer(chromium, site.folder, address, PICTURES), site)
    except Skipped as reason:
        report.check("viewer", skip, reason)


def skip(reason: Skipped) -> None:
    raise reason
