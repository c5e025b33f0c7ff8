#!/usr/bin/python3
"""Draws WMTS layers with QGIS, without a screen. Run by check_qgis.py with the system's Python.

    qgis_render.py JOBS.json

JOBS is a list of {capabilities, layer, style, format, matrix_set, crs, time, extent, size, out}; for
each, a picture is written to `out` and a line of JSON to the standard output: what QGIS made of it.
With `password` QGIS keeps it as an authentication of its own and sends it (basic authentication).
"""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsAuthMethodConfig,
    QgsDateTimeRange,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QDateTime, QSize, Qt  # noqa: E402
from qgis.PyQt.QtGui import QColor, QImage  # noqa: E402


def has_temporal(provider) -> bool:
    capabilities = provider.temporalCapabilities()
    return bool(capabilities and capabilities.hasTemporalCapabilities())


def open_layer(job: dict, with_dimension: bool) -> QgsRasterLayer:
    uri = (
        f"contextualWMSLegend=0&crs={job['crs']}&dpiMode=7&format={job['format']}"
        f"&layers={job['layer']}&styles={job['style']}&tileMatrixSet={job['matrix_set']}"
        f"&url={job['capabilities']}"
    )
    if job.get("authentication"):
        uri += f"&authcfg={job['authentication']}"
    if with_dimension and job.get("time"):
        uri += f"&tileDimensions={job['dimension']}={job['time']}"
    return QgsRasterLayer(uri, job["layer"], "wms")


def keep_password(job: dict) -> str:
    """Puts a password where QGIS keeps those of its users; what layers refer to it by."""
    manager = QgsApplication.authManager()
    if not manager.masterPasswordIsSet():
        manager.setMasterPassword("a test", True)
    method = QgsAuthMethodConfig("Basic")
    method.setName("test")
    method.setConfig("username", "any")
    method.setConfig("password", job["password"])
    manager.storeAuthenticationConfig(method)
    return method.id()


def render(job: dict) -> dict:
    if job.get("password"):
        job["authentication"] = keep_password(job)
    # From 3.28 on QGIS knows the time of a WMTS; before that the value is part of the layer.
    layer = open_layer(job, with_dimension=False)
    answer = {"version": Qgis.QGIS_VERSION, "valid": layer.isValid()}
    if not layer.isValid():
        answer["error"] = layer.error().message()
        return answer
    temporal = has_temporal(layer.dataProvider())
    if job.get("time") and not temporal:
        layer = open_layer(job, with_dimension=True)
    box = layer.extent()
    answer |= {
        "temporal": temporal,
        "extent": [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()],
        "crs": layer.crs().authid(),
        "legend": layer.dataProvider().htmlMetadata() is not None,
    }
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(*job["size"]))
    settings.setOutputDpi(96)
    settings.setExtent(QgsRectangle(*job["extent"]))
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    settings.setOutputImageFormat(QImage.Format_ARGB32)
    if job.get("time") and temporal:
        moment = QDateTime.fromString(job["time"], Qt.ISODate)
        settings.setTemporalRange(QgsDateTimeRange(moment, moment))
        settings.setIsTemporal(True)
    rendering = QgsMapRendererSequentialJob(settings)
    rendering.start()
    rendering.waitForFinished()
    answer["errors"] = [error.message for error in rendering.errors()]
    rendering.renderedImage().save(job["out"])
    return answer


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    for job in jobs:
        print(json.dumps(render(job)), flush=True)
    sys.stdout.flush()
    # QGIS 3.22 may crash while it tears itself down; everything is written already.
    os._exit(0)


if __name__ == "__main__":
    main()
