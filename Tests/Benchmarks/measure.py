"""Runs a command and says what it cost: what all benchmarks share."""

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Thread

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PEERS = HERE / "Peers"


def python_of(folder: str) -> str:
    """The Python of one of the environments that Deploy/setup bench makes."""
    return str(ROOT / folder / "bin" / "python")


BENCH = os.environ.get("BENCH_PYTHON", python_of(".venv-bench"))
XCUBE = python_of(".venv-xcube")
RECHUNKER = python_of(".venv-bench-rechunker")


@dataclass
class Cost:
    """What a command cost, with all processes that it started and waited for."""

    seconds: float
    """Wall time."""
    processor: float
    """User and system time, steadier than wall time on a shared machine."""
    memory: float
    """Peak resident memory of its largest process, MB (10^6 bytes)."""
    output: str
    scratch: float = 0
    """The most that it had on disk at once below the folder that was watched, bytes."""


def cost_of(command: list, folder: Path | None = None, scratch: Path | None = None) -> Cost:
    """Runs a command once, in a folder, and watches one for what lies in it meanwhile.

    A peer prints a line of JSON with "seconds" and "processor" for its work alone, which then
    count instead of the command's: loading Python packages is not held against it.
    """
    start = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=folder)
    output, errors, most = _drain(process, scratch)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command[:4]))} … : {errors[-1500:]}")
    cost = Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, output,
                most)
    if output.startswith("{"):
        own = json.loads(output.splitlines()[0])
        cost.seconds, cost.processor = own["seconds"], own["processor"]
        cost.memory = max(cost.memory, own.get("memory", 0))
    return cost


def _drain(process: subprocess.Popen, folder: Path | None) -> tuple:
    """Both outputs to their ends, without waiting for the process (os.wait4 does), and the most
    that lay below a folder meanwhile."""
    texts, most = {}, 0

    def read(name, stream):
        texts[name] = stream.read().decode(errors="replace")

    threads = [Thread(target=read, args=(name, getattr(process, name))) for name in
               ("stdout", "stderr")]
    for thread in threads:
        thread.start()
    for thread in threads:
        while folder and thread.is_alive():
            most = max(most, bytes_below(folder))
            thread.join(0.5)
        thread.join()
    return texts["stdout"], texts["stderr"], most


def median_cost(runs: list) -> Cost:
    """The medians of several runs of one command, and the largest memory."""
    return Cost(
        median(run.seconds for run in runs), median(run.processor for run in runs),
        max(run.memory for run in runs), runs[-1].output, max(run.scratch for run in runs))


def bytes_below(folder: Path) -> int:
    """How many bytes of disk the files below a folder take (holes in them take none)."""
    size, folders = 0, [folder]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except FileNotFoundError:  # It was removed meanwhile.
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            size += min(status.st_size, status.st_blocks * 512)
    return size


def table(*columns: str) -> None:
    """Prints the head of a table in Markdown."""
    print("\n| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns), flush=True)


def row(*cells) -> None:
    """Prints a row: numbers with three digits, None as a dash."""
    print("| " + " | ".join(_shown(cell) for cell in cells) + " |", flush=True)


def _shown(cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return str(cell)


def attempt(name: str, peer, columns: int):
    """What a peer answers; a peer that cannot be had is said in the table, not hidden."""
    try:
        return peer()
    except Exception as error:  # noqa: BLE001
        print(f"{name}: {error}", file=sys.stderr)
        row(name, f"failed: {str(error).strip().splitlines()[-1][:120]}", *["" for _ in range(columns - 2)])
        return None


def describe_machine() -> None:
    """Prints where and when this was measured, and how busy the machine was."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} × {model}, {memory:.0f} GiB, "
          f"{platform.freedesktop_os_release()['PRETTY_NAME']}, load {os.getloadavg()[0]:.1f}")
