"""A file system that is soon full."""

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from report import Skipped


@contextmanager
def small_disk(size: str):
    """The folder of a file system in memory, empty and of a size such as 200k."""
    if os.geteuid() != 0:
        raise Skipped("mounting a small file system needs root")
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder) / "disk"
        disk.mkdir()
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True, text=True, check=False)
        if mount.returncode != 0:
            raise Skipped(f"cannot mount: {mount.stderr.strip()}")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", disk], check=False)
