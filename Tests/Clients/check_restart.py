"""Builds that are killed, repeated, or done with another number of workers end with equal bytes."""

import hashlib
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from report import require


def restart_checks(report, cubepress: str, recipe: Path, kills: int) -> None:
    with tempfile.TemporaryDirectory(prefix="cubepress-restart-") as folder:
        whole = Path(folder) / "whole"
        seconds = []
        report.check("build in one go", build_whole, cubepress, recipe, whole, seconds)
        if not seconds:
            return
        report.check("second build writes nothing", second_build, cubepress, recipe, whole, seconds[0])
        report.check("one worker = two workers", one_worker, cubepress, recipe, whole, Path(folder))
        report.check(
            f"killed {kills} times", killed, cubepress, recipe, whole, Path(folder), kills, seconds[0]
        )


def command(cubepress: str, recipe: Path, out: Path, *options) -> list:
    return [cubepress, "build", str(recipe), "-o", str(out), "--log-format", "lines", *options]


def build(cubepress: str, recipe: Path, out: Path, *options) -> float:
    began = time.monotonic()
    result = subprocess.run(
        command(cubepress, recipe, out, *options), capture_output=True, text=True, check=False
    )
    require(
        result.returncode == 0,
        f"exit code {result.returncode}: {(result.stderr or result.stdout).strip()[-400:]}",
    )
    return time.monotonic() - began


def published(out: Path) -> dict:
    """Hash of every file that would be published; .cubepress is the build's own notebook."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".cubepress" not in path.parts
    }


def require_equal(found: dict, wanted: dict) -> None:
    """Fails unless two trees hold the same files; names the first that differ."""
    missing, extra = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    different = sorted(key for key in wanted.keys() & found.keys() if wanted[key] != found[key])
    require(
        not (missing or extra or different),
        f"{len(missing)} missing {missing[:2]}, {len(extra)} too many {extra[:2]}, "
        f"{len(different)} different {different[:2]}",
    )


def build_whole(cubepress: str, recipe: Path, whole: Path, seconds: list) -> str:
    seconds.append(build(cubepress, recipe, whole))
    return f"{len(published(whole))} files"


def second_build(cubepress: str, recipe: Path, whole: Path, first: float) -> str:
    def stamps() -> dict:
        return {
            str(path): path.stat().st_mtime_ns
            for path in whole.rglob("*")
            if path.is_file() and ".cubepress" not in path.parts
        }

    before = stamps()
    seconds = build(cubepress, recipe, whole)
    after = stamps()
    touched = [path for path in after if before.get(path) != after[path]]
    require(not touched and before.keys() == after.keys(), f"{len(touched)} files written: {touched[:3]}")
    require(seconds < max(3.0, first / 2), f"took {seconds:.1f} s, the first took {first:.1f} s")
    return f"{seconds:.1f} s after {first:.1f} s"


def one_worker(cubepress: str, recipe: Path, whole: Path, folder: Path) -> str:
    counts = []
    for workers in (1, 2):
        out = folder / f"workers-{workers}"
        build(cubepress, recipe, out, "--workers", str(workers))
        require_equal(published(out), published(whole))
        counts.append(len(published(out)))
    return f"{counts[0]} files each"


def killed(
    cubepress: str, recipe: Path, whole: Path, folder: Path, kills: int, seconds: float
) -> str:
    """Kills a build again and again at random moments, then lets it end."""
    out = folder / "killed"
    chance = random.Random(20170605)
    done = 0
    for _ in range(kills):
        process = subprocess.Popen(
            command(cubepress, recipe, out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # What is done stays done, so later kills come later in the work than their moments say.
        time.sleep(chance.uniform(0.02, max(0.1, seconds / 3)))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            done += 1
        process.wait()
        check_nothing_dangles(out)
    build(cubepress, recipe, out)
    require_equal(published(out), published(whole))
    leftovers = [path.name for path in out.rglob("*") if path.is_file() and ".cubepress" in path.parts]
    partial = [name for name in leftovers if name.endswith((".tmp", ".part", ".partial"))]
    require(not partial, f"left behind: {partial[:3]}")
    return f"{done} kills met a running build, same {len(published(out))} files"


def check_nothing_dangles(out: Path) -> None:
    """Whatever a killed build left of images can be read whole; documents are whole or not there."""
    for path in out.rglob("*"):
        if not path.is_file() or ".cubepress" in path.parts:
            continue
        if path.suffix == ".png":
            content = path.read_bytes()
            require(content.endswith(b"IEND\xaeB`\x82"), f"{path.name} is cut off after a kill")
        elif path.suffix in (".xml", ".html"):
            require(path.read_bytes().rstrip().endswith(b">"), f"{path.name} is cut off after a kill")
