"""The server for private cubes behind a real nginx with TLS (Deploy/nginx/cubepress-server.conf): signing
in, a token, an upload, as clients see it."""

import http.client
import io
import re
import ssl
import subprocess
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import xarray as xr

from nginx_server import adapted, nginx_program, running
from patience import PATIENCE, eventually
from report import require
from site_folder import free_port
from team_server import Browser, NoRedirect, TeamServer

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGURATION = ROOT / "Deploy/nginx/cubepress-server.conf"
DATA = ROOT / "Recipes/demo/data"


def team_nginx_checks(report, program: str) -> None:
    report.check("nginx: the server for private cubes with TLS", behind_nginx, program)


@contextmanager
def nginx(folder: Path, behind: int, plain: int, secure: int):
    """The configuration that we ship, with other ports and a certificate of its own."""
    nginx_program()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True)
    text = adapted(CONFIGURATION, [
        (r"listen 80;", f"listen 127.0.0.1:{plain};"), (r"listen \[::\]:80;", ""),
        (r"listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"), (r"listen \[::\]:443 ssl;", ""),
        (r"server 127\.0\.0\.1:8080;", f"server 127.0.0.1:{behind};"),
        (r"ssl_certificate [^;]*;", f"ssl_certificate {folder}/cert.pem;"),
        (r"ssl_certificate_key [^;]*;", f"ssl_certificate_key {folder}/key.pem;"),
    ])
    text = text.replace("server_name cubes.example.org;", "server_name localhost;")
    # The server knows itself by the address with its port.
    text = text.replace("Host $host;", "Host $http_host;")
    with running(text, folder, folder.owner(), secure):
        yield


def behind_nginx(program: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        behind, plain, secure = free_port(), free_port(), free_port()
        base = f"https://localhost:{secure}"
        server = TeamServer(program, folder / "data", behind, options=["--base-url", base])
        try:
            with nginx(folder, behind, plain, secure):
                return used(server, folder, base, plain)
        finally:
            server.kill()


def used(server: TeamServer, folder: Path, base: str, plain: int) -> str:
    context = ssl.create_default_context(cafile=folder / "cert.pem")
    browser = Browser(base)
    browser.opener = urllib.request.build_opener(
        NoRedirect, urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPCookieProcessor(browser.cookies))
    link = re.search(rf"{base}/invitation/[\w-]+", server.log.read_text())[0]
    browser.set_password(link)
    cookie = next(iter(browser.cookies))
    require(cookie.name == "__Host-cubepress" and cookie.secure, f"{cookie}")
    browser.send("/administration", "/administration/teams", name="ocean", title="Ocean", owner="admin")
    token = browser.token("write")
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=PATIENCE)
    connection.request("GET", "/teams/ocean", headers={"Host": "localhost"})
    require(connection.getresponse().status == 301, "plain HTTP is answered")

    import requests
    from tusclient.client import TusClient

    import os
    os.environ["REQUESTS_CA_BUNDLE"] = str(folder / "cert.pem")
    try:
        content = (DATA / "A1B_north_america.nc").read_bytes() + b""
        uploader = TusClient(
            f"{base}/teams/ocean/uploads", headers={"Authorization": f"Bearer {token}"}
        ).uploader(file_stream=io.BytesIO(content), chunk_size=200_000, metadata={"dataset": "scenario"})
        uploader.upload()
        headers = {"Authorization": f"Bearer {token}"}
        state = eventually(lambda: (
            now := requests.get(uploader.url, headers=headers, timeout=PATIENCE).json())["state"] in ("accepted", "refused") and now)
        require(state and state["state"] == "accepted", f"{state}")
        href = f"{base}/teams/ocean/datasets/scenario/data/cube.nc"
        with requests.get(href, headers=headers, timeout=PATIENCE) as answer:
            require(answer.content == content, "other bytes")
        large = os.urandom(40 << 20)
        answer = requests.put(f"{base}/teams/ocean/files/large.bin", data=large, headers=headers, timeout=PATIENCE)
        require(answer.status_code == 201, f"40 MB: {answer.status_code}")
        answer = requests.post(
            f"{base}/teams/ocean/uploads", data={"dataset": "large"}, files={"file": ("large.nc", large)}, headers=headers, timeout=PATIENCE)
        require(answer.status_code == 201 and answer.json()["length"] == len(large), f"40 MB by a form: {answer.status_code}")
        (folder / "copy.nc").write_bytes(requests.get(href, headers=headers, timeout=PATIENCE).content)
        with xr.open_dataset(folder / "copy.nc", decode_times=False) as cube:
            require(len(cube.data_vars) > 0, "no variables")
        require(requests.get(f"{base}/metrics", headers=headers, timeout=PATIENCE).status_code == 200, "metrics")
    finally:
        del os.environ["REQUESTS_CA_BUNDLE"]
    return f"{len(content)} bytes in pieces, 40 MB at once"
