"""Damaged and hostile input over the command line: clear errors, right exit codes, no half files."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import netCDF4
import numpy as np

from patience import PATIENCE, eventually
from report import require
from small_disk import small_disk

DATA = Path(__file__).resolve().parent.parent.parent / "Recipes/demo/data"
MEMORY_LIMIT = 3 << 30  # bytes of address space for runs on hostile input
CRASHES = {-4, -5, -6, -7, -8, -11, 132, 133, 134, 135, 136, 139}


# Places in types.nc where HDF5 1.10.8 crashes or does not come to an end, and what is flipped there.
FIXTURES = Path(__file__).resolve().parent.parent / "CubesTests/Fixtures"
HDF5_FAULTS = [
    ("crash in an object header", 5230, 0xFF),
    ("crash in another", 5400, 0xFF),
    ("crash in the heap of texts", 1640, 0xFF),
    ("loop in an object header", 5515, 0xFF),
]


def damage_checks(report, cubepress: str) -> None:
    for name, make in [
        ("truncated NetCDF-4", truncated_netcdf4),
        ("truncated NetCDF-3", truncated_netcdf3),
        ("flipped bits in NetCDF-4", flipped_netcdf),
        ("flipped bits in a Zarr chunk", flipped_chunk),
        ("truncated Zarr chunk", truncated_chunk),
        ("Zarr of huge dimensions", huge_zarr),
        ("Zarr that lies about a chunk's size", lying_chunk),
        ("Zarr with deep metadata", deep_metadata),
        ("metadata is not JSON", no_json),
        ("empty file", empty_file),
        ("a text file named .nc", text_file),
    ]:
        report.check(f"refuses: {name}", refuses, cubepress, make)
    for name, place, mask in HDF5_FAULTS:
        report.check(f"NetCDF-4 with a changed byte: {name}", changed_byte, cubepress, place, mask)
    report.check("a killed program leaves no reader behind", no_orphan, cubepress)
    report.check("refuses: dimension of 2^40", huge_dimension, cubepress)
    report.check("refuses: pipes and devices", no_files, cubepress)
    report.check("preview: no way out of the site", preview_stays_inside, cubepress)
    report.check("refuses: missing file", missing_file, cubepress)
    report.check("refuses: recipe with many mistakes", bad_recipe, cubepress)
    report.check("refuses: folder that is not a site", foreign_folder, cubepress)
    report.check("unwritable output", unwritable, cubepress)
    report.check("full output", full_output, cubepress)


def run(cubepress: str, *arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [cubepress, *map(str, arguments)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE,
        check=False,
        **options,
    )


def judge(result: subprocess.CompletedProcess, codes: tuple, *words: str) -> str:
    """The error is one of ours: right code, no crash, names what it is about, not a stack trace."""
    text = result.stderr.strip()
    require(result.returncode not in CRASHES, f"crashed ({result.returncode}): {text[:300]}")
    require(result.returncode in codes, f"exit code {result.returncode}: {text[:300]}")
    require(text, "no message")
    require("Fatal error" not in text and "Thread 0" not in text, f"crashed: {text[:300]}")
    for word in words:
        require(word in text, f"the message does not name '{word}': {text[:300]}")
    return text.splitlines()[-1][:140] if len(text) < 400 else text[:140].replace("\n", " ")


def no_site(out: Path) -> None:
    """No document may point at what was not made."""
    documents = [p for p in out.rglob("*") if p.suffix in (".xml", ".html")] if out.exists() else []
    require(not documents, f"documents were written: {[p.name for p in documents][:3]}")


def refuses(cubepress: str, make) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source = make(Path(folder))
        out = Path(folder) / "site"
        limit = ["prlimit", f"--as={MEMORY_LIMIT}"] if shutil.which("prlimit") else []
        result = subprocess.run(
            [*limit, cubepress, "build", str(source), "-o", str(out)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
        no_site(out)
        # The report of a failed dataset goes to the standard output, like every report.
        result.stderr = result.stderr or result.stdout
        return judge(result, (1, 2), source.name.split(".")[0])


def copy(name: str, folder: Path) -> Path:
    target = folder / name
    (shutil.copytree if (DATA / name).is_dir() else shutil.copyfile)(DATA / name, target)
    return target


def truncated_netcdf4(folder: Path) -> Path:
    path = copy("ostia-sst-20170605.nc", folder)
    os.truncate(path, path.stat().st_size * 2 // 3)
    return path


def truncated_netcdf3(folder: Path) -> Path:
    path = copy("total-column-co2.nc", folder)
    os.truncate(path, path.stat().st_size // 2)
    return path


def flip(path: Path, first: int, count: int) -> None:
    content = bytearray(path.read_bytes())
    for i in range(count):
        place = first + (len(content) - first) * i // count
        content[place] ^= 0x55
    path.write_bytes(content)


def flipped_netcdf(folder: Path) -> Path:
    path = copy("ostia-sst-20170605.nc", folder)
    flip(path, path.stat().st_size // 4, 400)
    return path


def largest_chunk(zarr: Path) -> Path:
    return max((zarr / "conc_chl").glob("[0-9]*"), key=lambda path: path.stat().st_size)


def flipped_chunk(folder: Path) -> Path:
    zarr = copy("north-sea-chlorophyll.zarr", folder)
    # The header of blosc says how many bytes follow; the body has no checksum, lz4 notices little.
    flip(largest_chunk(zarr), 0, 4000)
    return zarr


def truncated_chunk(folder: Path) -> Path:
    zarr = copy("north-sea-chlorophyll.zarr", folder)
    chunk = largest_chunk(zarr)
    os.truncate(chunk, chunk.stat().st_size // 3)
    return zarr


def edit_array(zarr: Path, name: str, **changes) -> None:
    """Changes the metadata of an array, in its file and in the consolidated one."""
    path = zarr / name / ".zarray"
    metadata = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(metadata))
    path = zarr / ".zmetadata"
    consolidated = json.loads(path.read_text())
    consolidated["metadata"][f"{name}/.zarray"] = metadata
    path.write_text(json.dumps(consolidated))


def huge_zarr(folder: Path) -> Path:
    zarr = copy("north-sea-chlorophyll.zarr", folder)
    edit_array(zarr, "conc_chl", shape=[5, 2**40, 2**40], chunks=[1, 2**39, 2**39])
    edit_array(zarr, "lat", shape=[2**40], chunks=[2**40])
    edit_array(zarr, "lon", shape=[2**40], chunks=[2**40])
    return zarr


def types_with(place: int, mask: int, folder: Path) -> Path:
    content = bytearray((FIXTURES / "types.nc").read_bytes())
    content[place] ^= mask
    path = folder / "types.nc"
    path.write_bytes(content)
    return path


def changed_byte(cubepress: str, place: int, mask: int) -> str:
    """Values or an error that names the file, in bounded time, from each command that reads."""
    with tempfile.TemporaryDirectory() as folder:
        source = types_with(place, mask, Path(folder))
        result = run(cubepress, "inspect", source, "--stats")
        if result.returncode == 0:
            return "reads it"
        note = judge(result, (1,), "types.nc")
        result = run(cubepress, "build", source, "-o", Path(folder) / "site")
        result.stderr = result.stderr or result.stdout
        judge(result, (1,), "types.nc")
        return note


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def no_orphan(cubepress: str) -> str:
    """Killed while a reader is caught in a loop, which then would go on for ever."""
    with tempfile.TemporaryDirectory() as folder:
        source = types_with(5515, 0xFF, Path(folder))
        process = subprocess.Popen(
            [cubepress, "inspect", source], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        readers: list[int] = []
        eventually(lambda: readers.extend(children(process.pid)) or readers or process.poll() is not None, 0)
        require(readers or process.poll() is not None, "no reader was started")
        process.kill()
        process.wait()
        require(eventually(lambda: not any(map(is_alive, readers))), "the reader goes on without the program")
        return f"{len(readers)} reader ended"


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def huge_dimension(cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        zarr = copy("north-sea-chlorophyll.zarr", Path(folder))
        rank = json.loads((zarr / "conc_chl/.zarray").read_text())
        edit_array(
            zarr,
            "conc_chl",
            shape=[2**40, *rank["shape"][1:]],
            chunks=[1, *rank["chunks"][1:]],
        )
        edit_array(zarr, "time", shape=[2**40], chunks=[1])
        result = run(cubepress, "inspect", zarr, "--stats")
        return judge(result, (1,), "north-sea-chlorophyll", "more than")


def no_files(cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder) / "pipe.nc"
        os.mkfifo(pipe)
        for source in (pipe, "/dev/zero", "/dev/null"):
            note = judge(run(cubepress, "inspect", source), (1,), str(source), "neither a file")
        return note


def preview_stays_inside(cubepress: str) -> str:
    """Every spelling of a path that leads out, as it goes over the wire."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "outside.txt").write_text("secret")
        site = Path(folder) / "site"
        (site / ".cubepress").mkdir(parents=True)
        (site / ".cubepress/own.txt").write_text("secret")
        (site / "index.html").write_text("home")
        (site / "link.txt").symlink_to("../outside.txt")
        (site / "up").symlink_to("..")
        server = subprocess.Popen(
            [cubepress, "preview", site, "--port", "0"], stdout=subprocess.PIPE, text=True
        )
        try:
            port = int(re.search(r":(\d+)/", server.stdout.readline())[1])
            require(b"home" in ask(port, "/"), "the page is not served")
            paths = [
                "/../outside.txt",
                "/%2e%2e/outside.txt",
                "/%2e%2e%2foutside.txt",
                "/..%2foutside.txt",
                "/..%5coutside.txt",
                "/%252e%252e/outside.txt",
                "/%c0%ae%c0%ae/outside.txt",
                "//../outside.txt",
                "/link.txt",
                "/up/outside.txt",
                "/.cubepress/own.txt",
                "/%2ecubepress/own.txt",
                "/up/site/.cubepress/own.txt",
            ]
            for path in paths:
                answer = ask(port, path)
                require(b"secret" not in answer, f"{path} leads out of the site")
                require(answer.split()[1:2] in ([b"400"], [b"403"], [b"404"]), f"{path}: {answer[:60]}")
            return f"{len(paths)} paths refused"
        finally:
            server.kill()
            server.wait()


def ask(port: int, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def lying_chunk(folder: Path) -> Path:
    zarr = copy("north-sea-chlorophyll.zarr", folder)
    chunk = largest_chunk(zarr)
    content = bytearray(chunk.read_bytes())
    content[4:8] = (2**31 - 1).to_bytes(4, "little")  # blosc: uncompressed size
    chunk.write_bytes(content)
    return zarr


def deep_metadata(folder: Path) -> Path:
    zarr = folder / "deep.zarr"
    zarr.mkdir()
    (zarr / ".zgroup").write_text('{"zarr_format": 2}')
    (zarr / ".zmetadata").write_text("[" * 200_000 + "]" * 200_000)
    return zarr


def no_json(folder: Path) -> Path:
    zarr = copy("north-sea-chlorophyll.zarr", folder)
    (zarr / ".zmetadata").write_bytes(b"\x00\xff{]")
    return zarr


def empty_file(folder: Path) -> Path:
    path = folder / "empty.nc"
    path.touch()
    return path


def text_file(folder: Path) -> Path:
    path = folder / "text.nc"
    path.write_text("this is not a cube\n" * 100)
    return path


def missing_file(cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "site"
        result = run(cubepress, "build", "/nowhere/cube.nc", "-o", out)
        no_site(out)
        return judge(result, (1, 2), "/nowhere/cube.nc")


def bad_recipe(cubepress: str) -> str:
    """Every mistake is told at once, with its line, and exit code 2."""
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder) / "bad.yaml"
        recipe.write_text(
            "datasets:\n"
            "  - id: Has Spaces\n"
            "    sauce: x.nc\n"
            "    variables:\n"
            "      - name: a\n"
            "        styles:\n"
            "          - colours: viridiss\n"
            "            range: [5]\n"
        )
        result = run(cubepress, "build", recipe, "-o", Path(folder) / "site")
        note = judge(result, (2,), "bad.yaml:2", "bad.yaml:3", "bad.yaml:7", "bad.yaml:8")
        require(not (Path(folder) / "site").exists(), "the output was made")
        return note


def foreign_folder(cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "mine"
        out.mkdir()
        (out / "thesis.txt").write_text("do not lose this")
        result = run(cubepress, "build", DATA / "total-column-co2.nc", "-o", out)
        require([p.name for p in out.iterdir()] == ["thesis.txt"], "something was written there")
        return judge(result, (1, 2), "mine")


def unwritable(cubepress: str) -> str:
    """An output below a file cannot be made, not even by root."""
    with tempfile.TemporaryDirectory() as folder:
        blocker = Path(folder) / "file"
        blocker.write_text("x")
        result = run(cubepress, "build", DATA / "total-column-co2.nc", "-o", blocker / "site")
        return judge(result, (1, 2), str(blocker))


def full_output(cubepress: str) -> str:
    """A file system that fills up: an error, no document, and the next run on room ends well."""
    with small_disk("200k") as out:
        result = run(cubepress, "build", DATA / "total-column-co2.nc", "-o", out)
        no_site(out)
        result.stderr = result.stderr or result.stdout
        note = judge(result, (1,))
        require("space" in result.stderr.lower(), f"the message does not say why: {result.stderr[:300]}")
        subprocess.run(["mount", "-o", "remount,size=50m", out], check=True)
        result = run(cubepress, "build", DATA / "total-column-co2.nc", "-o", out)
        require(result.returncode == 0, f"with room again: {result.stderr[:300]}")
        return note


def make_netcdf(path: Path, values: np.ndarray) -> None:
    """A small global file, for tests that need one of their own."""
    with netCDF4.Dataset(path, "w") as file:
        for name, size, first, last in (("lat", values.shape[0], -90, 90), ("lon", values.shape[1], -180, 180)):
            file.createDimension(name, size)
            axis = file.createVariable(name, "f8", (name,))
            axis.units = "degrees_north" if name == "lat" else "degrees_east"
            step = (last - first) / size
            axis[:] = first + step * (np.arange(size) + 0.5)
        file.createVariable("field", "f4", ("lat", "lon"), fill_value=np.float32(np.nan))[:] = values
