"""A build on several nodes of a real Slurm cluster, one worker of which is killed and queued again and
one of which runs twice, ends with the bytes of the build in one go."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from check_restart import published, require_equal
from patience import PATIENCE, eventually
from report import Failure, require
from slurm import cluster, run

ROOT = Path(__file__).resolve().parent.parent.parent
SLURM = ROOT / "Deploy/slurm"
WORKERS = 4
NODES = 3


def slurm_checks(report, cubepress: str, site: Path, recipe: Path) -> None:
    report.check(
        "slurm: a worker killed, one run twice, same files", on_a_cluster, cubepress, site, recipe)
    report.check("workers: what is missing is named", missing_is_named, cubepress, recipe)


def on_a_cluster(cubepress: str, site: Path, recipe: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="cubepress-slurm-") as name:
        folder = Path(name)
        (folder / "cluster").mkdir()
        out, mirror = folder / "site", folder / "mirror"
        with cluster(folder / "cluster", NODES) as environment:
            environment = environment | {"CUBEPRESS": str(Path(cubepress).resolve())}
            began = time.monotonic()
            said = run(
                environment, str(SLURM / "submit"), str(recipe), str(out), str(WORKERS),
                str(mirror), "--", "--cpus-per-task=1", "--mem=1G")
            array = said.split()[2].rstrip(",")
            wait_until(lambda: units_made(out, 2) > 0, environment, out)
            run(environment, "scontrol", "requeue", f"{array}_2")
            run(
                environment, "sbatch", "--array=1", "--cpus-per-task=1", "--mem=1G",
                f"--output={out}/.cubepress/log/again-%a.log", str(SLURM / "work.sbatch"),
                str(recipe), str(out), str(WORKERS))
            wait_until(lambda: not run(environment, "squeue", "-h"), environment, out)
            seconds = time.monotonic() - began
        log = logs(out)
        require("Joined what" in log, f"nothing was sealed: {log[-600:]}")
        joined = log[log.index("Joined what"):].splitlines()[0]
        # Four workers, the second run of the one that was killed, and the one that was doubled.
        require("Joined what 6 runs" in joined, joined)
        for made in (out, mirror):
            require_equal(content(made), content(site))
        return f"{len(content(out))} files in {seconds:.0f} s; {joined}"


def content(site: Path) -> dict:
    """What is published but for the number of the release, which a folder's history decides."""
    return {
        key: digest
        for key, digest in published(site).items()
        if not key.startswith("_release/") or key.startswith("_release/parts/")
    }


def units_made(out: Path, shard: int) -> int:
    parts = (out / ".cubepress/parts").glob(f"{shard}-of-*.part")
    return sum(path.read_text(errors="replace").count('"unit"') for path in parts)


def logs(out: Path) -> str:
    return "".join(
        f"== {path.name}\n{path.read_text(errors='replace')}"
        for path in sorted((out / ".cubepress/log").glob("*.log"))
    )


def wait_until(is_so, environment: dict, out: Path) -> None:
    if not eventually(is_so, 0.1):
        queue = subprocess.run(
            ["squeue"], capture_output=True, text=True, env=environment, check=False).stdout
        raise Failure(f"not done after {PATIENCE} s: {queue}{logs(out)[-600:]}")


def missing_is_named(cubepress: str, recipe: Path) -> str:
    """A worker that never ran: sealing changes nothing, and says which one to start."""
    with tempfile.TemporaryDirectory(prefix="cubepress-workers-") as name:
        out = Path(name) / "site"

        def call(code: int, command: str, *options) -> str:
            result = subprocess.run(
                [cubepress, command, str(recipe), "-o", str(out), *options],
                capture_output=True, text=True, check=False, env=os.environ, timeout=PATIENCE)
            said = result.stdout + result.stderr
            require(result.returncode == code, f"{command}: exit code {result.returncode}: {said[-400:]}")
            return said

        plan = call(0, "plan", "--shards", "100")
        # The last shards have the fewest units.
        call(0, "work", "--shard", "100/100")
        before = published(out)
        said = call(1, "seal")
        require(published(out) == before, "the seal changed files although units are missing")
        require("--shard 1/100" in said, f"the missing worker is not named: {said[-400:]}")
        require("--shard 100/100" not in said, "a worker is named that has nothing to do")
        return plan.splitlines()[-1]
