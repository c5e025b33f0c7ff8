#!/usr/bin/env python3
"""Measures publishing beside s5cmd, rclone and `aws s3 sync`, on one server in one run.

    .venv-bench-publish/bin/python Tests/Benchmarks/publish.py CUBEPRESS [SMALL] [LARGE] [REPEATS]

SMALL (2000) is how many objects of 5 kB, LARGE (4) how many of 48 MB. Starts SeaweedFS (Deploy/setup
bench) and prints a table in Markdown; figures are medians. Programs, server and disk share the
machine, so ratios within one run count; the processor seconds are those of the client alone. The bare
PUT loop is curl's, with as many requests at once and nothing but a signature without hashes: what the
server bounds. The last lines are comparisons of manifests of a million objects, without their objects:
nothing new, and one object changed.
"""

import gzip
import hashlib
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Clients"))

from buckets import KEY, SECRET, client, program, seaweedfs

ENVIRONMENT = os.environ | {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def write_manifest(folder: Path, lines) -> None:
    """A manifest in one part for each 20,000 lines."""
    shutil.rmtree(folder / "_release", ignore_errors=True)
    (folder / "_release/parts").mkdir(parents=True)
    parts, count, size = [], 0, 0
    block = []

    def cut():
        text = "".join(block).encode()
        name = hashlib.sha256(text).hexdigest()
        (folder / f"_release/parts/{name}.jsonl.gz").write_bytes(gzip.compress(text, 1))
        parts.append({"sha256": name, "count": len(block)})
        block.clear()

    for line, length in lines:
        block.append(line)
        count, size = count + 1, size + length
        if len(block) == 20_000:
            cut()
    if block:
        cut()
    head = {"release": 1, "objects": count, "bytes": size, "parts": parts}
    (folder / "_release/1.json").write_text(json.dumps(head), encoding="utf-8")
    pointer = {"release": 1, "manifest": "_release/1.json"}
    (folder / "_release/current.json").write_text(json.dumps(pointer), encoding="utf-8")


def line(key: str, size: int, digest: str) -> str:
    return f'{{"key":"{key}","size":{size},"sha256":"{digest}","type":"image/png"}}\n'


def make(folder: Path, count: int, size: int) -> None:
    entries = []
    for index in range(count):
        key = f"tiles/{index // 64:05d}/{index % 64:02d}.png"
        content = random.Random(index).randbytes(size)
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(content)
        entries.append((line(key, size, hashlib.sha256(content).hexdigest()), size))
    write_manifest(folder, sorted(entries))


def timed(command: list) -> tuple[float, float]:
    """Wall time of a program, and processor time of it and of what it starts, in seconds."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    if result.returncode:
        raise SystemExit(f"{command[0]}: {(result.stderr or result.stdout)[-400:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, processor


def bare_loop(url: str, site: Path, to: str) -> list:
    """What sends every file of a folder by PUT, signed without its hash."""
    lines = ["fail", "silent", "parallel", "parallel-max = 64", 'aws-sigv4 = "aws:amz:us-east-1:s3"']
    lines += [f'user = "{KEY}:{SECRET}"', 'header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"']
    for path in sorted(site.rglob("*.png")):
        lines += [f'url = "{url}/cubes/{to}/{path.relative_to(site)}"', f'upload-file = "{path}"', 'output = "/dev/null"']
    config = site.parent / "curl.config"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["curl", "--config", str(config)]


def commands(cubepress: str, url: str, site: Path) -> dict:
    """How each program copies a folder to a prefix of the bucket."""
    remote = f":s3,provider=Other,access_key_id={KEY},secret_access_key={SECRET},endpoint='{url}':cubes/"
    own = ["--exclude", "_release/*", "--exclude", ".cubepress/*"]
    return {
        "cubepress": lambda to: [cubepress, "publish", site, f"s3://cubes/{to}", "--endpoint", url, "-q"],
        "s5cmd": lambda to: [program("s5cmd"), "--endpoint-url", url, "sync", *own, f"{site}/", f"s3://cubes/{to}/"],
        "rclone": lambda to: [
            program("rclone"), "sync", site, remote + to, "--transfers", "32", "--checkers", "32",
            "--exclude", "/_release/**", "--exclude", "/.cubepress/**"],
        "aws s3 sync": lambda to: [
            program("aws"), "--endpoint-url", url, "s3", "sync", site, f"s3://cubes/{to}", "--no-progress", *own],
    }  # fmt: skip


def compare(cubepress: str, url: str, site: Path, count: int, size: int, repeats: int) -> None:
    make(site, count, size)
    results = {}
    for repeat in range(repeats):
        for name, command in commands(cubepress, url, site).items():
            shutil.rmtree(site / ".cubepress", ignore_errors=True)
            to = f"{name.split()[0]}-{count}-{repeat}"
            (first, processor), (second, _) = timed(command(to)), timed(command(to))
            results.setdefault(name, []).append((first, processor, second))
        first, processor = timed(bare_loop(url, site, f"bare-{count}-{repeat}"))
        results.setdefault("bare PUT loop (curl)", []).append((first, processor, None))
    for name, runs in results.items():
        first, processor = (statistics.median(run[place] for run in runs) for place in (0, 1))
        second = "" if runs[0][2] is None else f"{statistics.median(run[2] for run in runs):.2f}"
        rate = count / first
        print(
            f"| {count} × {size // 1000} kB | {name} | {first:.2f} | {rate:.0f} | {rate * size / 1e6:.0f} "
            f"| {processor / count * 1000:.2f} | {second} |",
            flush=True,
        )


def million(cubepress: str, url: str, site: Path) -> None:
    """No-op and one change among a million objects; the bucket is given the manifest alone."""
    count = 1_000_000
    zeros = hashlib.sha256(b"").hexdigest()
    keys = sorted(f"tiles/{index // 1000:04d}/{index % 1000:03d}.png" for index in range(count))
    write_manifest(site, ((line(key, 0, zeros), 0) for key in keys))
    connection = client(url)
    for path in (site / "_release").rglob("*"):
        if path.is_file():
            connection.upload_file(str(path), "cubes", f"million/{path.relative_to(site)}")
    command = [cubepress, "publish", site, "s3://cubes/million", "--endpoint", url, "-q"]
    print(f"| 1,000,000 listed | cubepress, nothing new | | | | | {timed(command)[0]:.2f} |")
    changed = keys[500_000]
    (site / changed).parent.mkdir(parents=True, exist_ok=True)
    (site / changed).write_bytes(b"new")
    digest = hashlib.sha256(b"new").hexdigest()
    write_manifest(
        site,
        ((line(key, 3, digest), 3) if key == changed else (line(key, 0, zeros), 0) for key in keys),
    )
    memory = ["/usr/bin/time", "-f", "%M", *command]
    began = time.monotonic()
    result = subprocess.run(memory, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    peak = int(result.stderr.split()[-1]) // 1024
    print(f"| 1,000,000 listed | cubepress, one changed ({peak} MB) | {time.monotonic() - began:.2f} | | | | |")


def main() -> None:
    cubepress = sys.argv[1]
    small, large, repeats = ([int(text) for text in sys.argv[2:]] + [2000, 4, 3][len(sys.argv) - 2 :])[:3]
    with tempfile.TemporaryDirectory(prefix="cubepress-bench-") as folder:
        with seaweedfs(Path(folder) / "server") as url:
            print("| objects | program | s | objects/s | MB/s | client's processor ms an object | again s |\n| --- | --- | --- | --- | --- | --- | --- |")
            compare(cubepress, url, Path(folder) / "small", small, 5_000, repeats)
            compare(cubepress, url, Path(folder) / "large", large, 48_000_000, repeats)
            million(cubepress, url, Path(folder) / "million")


if __name__ == "__main__":
    main()
