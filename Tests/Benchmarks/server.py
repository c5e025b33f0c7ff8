"""Tiles a second of the server for private cubes beside the xcube server, on the same cube.

    server.py CUBEPRESS CUBEPRESS-SERVER [SECONDS]

The cube is the demo's (2000 × 1000 cells, 5 times, chunks of 250 × 250); both servers run on this machine
and share it with wrk, which asks for map tiles over 8 connections. Every tile comes from a list, over and
over; "on the fly" asks for each in a colour range of its own, so that no finished tile helps.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from measure import ROOT, XCUBE, describe_machine, row, table
from servers import free_port, serving, xcube_command

sys.path.insert(0, str(ROOT / "Tests/Clients"))
from team_server import TeamServer  # noqa: E402

SOURCE = ROOT / "Recipes/demo/data/north-sea-chlorophyll.zarr"
VARIABLE = "conc_chl"
TIMES = ["2017-01-16T10:09:21Z", "2017-01-28T09:58:11Z", "2017-01-30T10:46:33Z"]
# Web Mercator over the cube, where there are values.
TILES = [(z, y, x) for z, rows, columns in (
    (7, (42,), (64, 65)), (8, (84, 85), (128, 129, 130)), (9, (169, 170, 171), (256, 257, 258, 259)))
    for y in rows for x in columns]
CONNECTIONS = 8

# Walks through a list of paths; where `fresh` is set each request has a range of its own.
SCRIPT = """
local paths = {%s}
local fresh = %s
local count = 0
request = function()
  count = count + 1
  local path = paths[count %% #paths + 1]
  if fresh then path = path .. string.format("&vmax=%%.6f", 20 + count / 1e6) end
  return wrk.format("GET", path, %s)
end
"""


@dataclass
class Load:
    """What wrk saw, and the server's memory meanwhile."""

    rate: float
    median: str
    slowest: str
    failed: int
    memory: list


def load(port: int, process: int, paths: list, seconds: int, fresh: bool, token: str | None = None) -> Load:
    headers = f'{{["Authorization"] = "Bearer {token}"}}' if token else "{}"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % (", ".join(json.dumps(one) for one in paths), str(fresh).lower(), headers))
        script.flush()
        memory, done = [], threading.Event()
        watch = threading.Thread(target=watch_memory, args=(process, memory, done))
        watch.start()
        answer = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "--latency",
             "-s", script.name, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
        done.set()
        watch.join()
    text = answer.stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(
        float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), re.search(r"^ +50% +(\S+)", text, re.M)[1],
        re.search(r"^ +99% +(\S+)", text, re.M)[1], int(failed[1]) if failed else 0, memory)


def watch_memory(process: int, memory: list, done: threading.Event) -> None:
    while not done.wait(1):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                memory.append(int(line.split()[1]) * 1024 / 1e6)


def show(name: str, found: Load, than: float | None = None) -> float:
    samples = found.memory
    memory = " → ".join(
        f"{samples[min(place * len(samples) // 4, len(samples) - 1)]:.0f}" for place in range(5)) if samples else ""
    note = f"{found.failed} failed" if found.failed else ""
    row(name, f"{found.rate:.0f}", found.median, found.slowest, memory,
        f"{found.rate / than:.0f} ×" if than else "", note)
    return found.rate


def live_paths(prefix: str, times: list) -> list:
    return [f"{prefix}/tiles/north-sea/{VARIABLE}/{z}/{y}/{x}?crs=EPSG:3857&time={time}&cmap=viridis&vmin=0"
            for time in times for z, y, x in TILES]


def with_range(paths: list) -> list:
    return [f"{one}&vmax=20" for one in paths]


def start(program: str, cubepress: str, folder: Path) -> tuple[TeamServer, str]:
    server = TeamServer(program, folder / "data")
    admin = server.browser()
    admin.set_password(server.invitation)
    admin.send("/administration", "/administration/teams", name="ocean", title="Ocean", owner="admin")
    cubes = folder / "data/teams/ocean/cubes"
    cubes.mkdir(parents=True)
    shutil.copytree(SOURCE, cubes / "north-sea.zarr")
    subprocess.run([program, "register", "--data", str(folder / "data"), "ocean", "north-sea",
                    "cubes/north-sea.zarr"], check=True)
    subprocess.run([cubepress, "build", str(SOURCE), "-o", str(folder / "data/teams/ocean/site"),
                    "--quiet"], check=True)
    return server, admin.token()


def built_paths(site: Path) -> list:
    wanted = {f"{z}/{y}/{x}.png" for z, y, x in TILES}
    found = [path.relative_to(site).as_posix() for path in site.rglob("*.png")
             if "WebMercatorQuad" in path.parts and "/".join(path.parts[-3:]) in wanted]
    return [f"/sites/ocean/{one}" for one in sorted(found)]


def measure_xcube(folder: Path, seconds: int) -> dict:
    configuration = folder / "xcube.yaml"
    configuration.write_text(json.dumps({
        "DataStores": [{
            "Identifier": "local", "StoreId": "file", "StoreParams": {"root": str(SOURCE.parent)},
            "Datasets": [{"Path": SOURCE.name, "Identifier": "north-sea"}]}]}))
    port = free_port()
    program = str(Path(XCUBE).parent / "xcube")
    rates = {}
    with serving(xcube_command(program, port, configuration), port, "/datasets", folder / "xcube.log") as server:
        for name, fresh in (("on the fly", True), ("cached", False)):
            paths = live_paths("", TIMES) if fresh else with_range(live_paths("", TIMES))
            load(port, server.process.pid, paths, 5, fresh)
            rates[name] = show(
                f"xcube server, {name}", load(port, server.process.pid, paths, seconds, fresh))
    return rates


def main() -> None:
    cubepress, program = sys.argv[1:3]
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        describe_machine()
        table("server", "tiles/s", "median", "p99", "memory MB", "than xcube's", "")
        xcube = measure_xcube(folder, seconds)
        server, token = start(program, cubepress, folder)
        try:
            process = server.process.pid
            paths = live_paths("/teams/ocean/api", TIMES)
            load(server.port, process, paths, 5, True, token)
            show("ours, on the fly", load(server.port, process, paths, seconds, True, token),
                 xcube["on the fly"])
            load(server.port, process, with_range(paths), 5, False, token)
            show("ours, cached", load(server.port, process, with_range(paths), seconds, False, token),
                 xcube["cached"])
            built = built_paths(folder / "data/teams/ocean/site")
            show(f"ours, built ({len(built)} files)",
                 load(server.port, process, built, seconds, False, token), xcube["cached"])
            # Memory, while every tile is another one.
            show("ours, on the fly, thirty times as long",
                 load(server.port, process, paths, seconds * 30, True, token), xcube["on the fly"])
            time.sleep(1)
        finally:
            server.kill()


if __name__ == "__main__":
    main()
