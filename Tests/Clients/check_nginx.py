"""The site behind a real nginx with Deploy/nginx/cubepress.conf, as its clients see it."""

import gzip
import http.client
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from nginx_server import adapted, running
from patience import PATIENCE
from report import require
from site_folder import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGURATION = ROOT / "Deploy/nginx/cubepress.conf"


def nginx_checks(report, cubepress: str, site: Path, recipe: Path) -> None:
    report.check(
        "nginx: the site through Deploy/nginx", behind_nginx, cubepress, site, recipe)


@contextmanager
def nginx(folder: Path, root: Path, port: int):
    """Serves a folder with the configuration that we ship, at another port."""
    text = adapted(CONFIGURATION, [
        (r"listen 80;", f"listen 127.0.0.1:{port};"),
        (r"listen \[::\]:80;", ""),
        (r"root [^;]*;", f"root {root.resolve()};"),
    ])
    with running(text, folder, Path(root).owner(), port):
        yield


class Client:
    def __init__(self, port: int):
        self.port = port

    def ask(self, path: str, method: str = "GET", **fields) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, headers={"Accept-Encoding": "identity"} | headers)
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer


def behind_nginx(cubepress: str, site: Path, recipe: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="cubepress-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        port = free_port()
        mirror = folder / "www"
        shutil.copytree(site, folder / "site")
        # The capabilities must name the address at which they are read; all else is up to date.
        run(cubepress, "build", recipe, "-o", folder / "site", "--base-url", f"http://127.0.0.1:{port}/")
        run(cubepress, "publish", folder / "site", mirror)
        terrain = mirror / "datasets/x/terrain/0/0/0.terrain"
        terrain.parent.mkdir(parents=True)
        terrain.write_bytes(gzip.compress(b"mesh", mtime=0))
        (mirror / "datasets/x/.zarray").write_text("{}")
        with nginx(folder, mirror, port):
            client = Client(port)
            missing_keys(client, mirror)
            ranges(client, mirror)
            cross_origin(client, mirror)
            encodings(client)
            caching(client, mirror)
            said = run(cubepress, "check", f"http://127.0.0.1:{port}/")
            return f"cubepress check finds {said.count('ok    ')} things right, none wrong"


def run(cubepress: str, *arguments) -> str:
    result = subprocess.run(
        [cubepress, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=PATIENCE)
    said = result.stdout + result.stderr
    require(result.returncode == 0, f"cubepress {arguments[0]}: {said[-2000:]}")
    return result.stdout


def missing_keys(client: Client, mirror: Path) -> None:
    chunked = next(mirror.glob("datasets/*/cube.zarr"))
    folder = str(chunked.relative_to(mirror))
    for path in (
        "/missing", "/missing/", "/datasets/missing/0.png", f"/{folder}/0/missing/c/0/0/0",
        # Folders are no objects, and what the build keeps for itself is nobody's business.
        f"/{folder}/", "/_release/", "/.cubepress/lock", "/.cubepress/", "/assets/",
    ):
        answer = client.ask(path, Origin="https://viewer.example.org")
        require(answer.status == 404, f"{path} answers {answer.status}")
        require(answer.headers["Access-Control-Allow-Origin"] == "*", f"{path}: 404 without CORS")
    require(client.ask("/", "POST").status in (403, 404, 405), "POST is not refused")


def ranges(client: Client, mirror: Path) -> None:
    chunk = max(
        (path for path in mirror.glob("datasets/*/cube.zarr/0/*/c/**/*") if path.is_file()),
        key=lambda path: path.stat().st_size)
    whole = chunk.read_bytes()
    url = "/" + str(chunk.relative_to(mirror))
    for text, wanted in [
        ("bytes=1-2", whole[1:3]), ("bytes=-100", whole[-100:]), ("bytes=10-", whole[10:]),
    ]:
        answer = client.ask(url, Range=text, Accept_Encoding="gzip")
        require(
            answer.status == 206 and answer.content == wanted and not answer.headers["Content-Encoding"],
            f"{text} of {url} answers {answer.status}, {len(answer.content)} bytes")
    answer = client.ask(url)
    require(answer.headers["Accept-Ranges"] == "bytes", "ranges are not announced")
    again = client.ask(url, If_None_Match=answer.headers["ETag"])
    require(again.status == 304, f"an unchanged object answers {again.status}")
    require(client.ask(url, Range=f"bytes={len(whole)}-").status == 416, "no 416 past the end")


def cross_origin(client: Client, mirror: Path) -> None:
    answer = client.ask(
        "/index.html", "OPTIONS", Origin="https://viewer.example.org",
        Access_Control_Request_Method="GET", Access_Control_Request_Headers="range")
    require(answer.status == 204, f"the preflight answers {answer.status}")
    require("Range" in answer.headers["Access-Control-Allow-Headers"], "Range is not allowed")
    exposed = client.ask("/index.html", Origin="https://a.example")
    for name in ("ETag", "Content-Range", "Content-Length"):
        require(name in exposed.headers["Access-Control-Expose-Headers"], f"{name} is not exposed")


def encodings(client: Client) -> None:
    for path in ("/", "/viewer/", "/api/datasets.json", "/wmts/1.0.0/WMTSCapabilities.xml"):
        plain, packed = client.ask(path), client.ask(path, Accept_Encoding="gzip, br")
        require(packed.headers["Content-Encoding"] == "gzip", f"{path} is not compressed")
        require(gzip.decompress(packed.content) == plain.content, f"{path} differs when compressed")
        require("Accept-Encoding" in packed.headers["Vary"], f"{path} without Vary")
    terrain = client.ask("/datasets/x/terrain/0/0/0.terrain")
    require(terrain.headers["Content-Encoding"] == "gzip", "terrain tiles without their encoding")
    require(gzip.decompress(terrain.content) == b"mesh", "terrain tiles come out differently")
    require(terrain.headers["Content-Type"] == "application/vnd.quantized-mesh", "terrain's type")
    array = client.ask("/datasets/x/.zarray")
    require(array.headers["Content-Type"] == "application/json", ".zarray has another type")


def caching(client: Client, mirror: Path) -> None:
    tile = next(mirror.glob("datasets/*/tiles/**/*.png"))
    asset = next(path for path in mirror.glob("assets/**/*") if re.search(r"[./][0-9a-f]{8,}[./]", str(path.relative_to(mirror))) and path.is_file())
    part = next(mirror.glob("_release/parts/*"))
    for path, wanted in [
        ("/", "max-age=60"), ("/index.html", "max-age=60"), ("/api/datasets.json", "max-age=60"),
        (f"/{tile.relative_to(mirror)}", "max-age=600"),
        (f"/{asset.relative_to(mirror)}", "immutable"), (f"/{part.relative_to(mirror)}", "immutable"),
        ("/_release/current.json", "no-cache"), ("/datasets/x/.zarray", "max-age=60"),
    ]:
        found = client.ask(path).headers.get_all("Cache-Control")
        require(found and len(found) == 1, f"{path}: {found}")
        words = re.split(r",\s*", found[0])
        require(wanted in words, f"{path}: Cache-Control {found[0]}, not {wanted}")
