"""A real nginx with a configuration that we ship, for checks of what stands behind it."""

import re
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from patience import PATIENCE, eventually
from report import Skipped, require


def nginx_program() -> str:
    found = shutil.which("nginx", path="/usr/sbin:/sbin:/usr/local/sbin:/usr/bin")
    if found is None:
        raise Skipped("nginx is not installed (Debian: nginx-light)")
    return found


def adapted(configuration: Path, changes: list[tuple[str, str]]) -> str:
    """A configuration with other ports and folders; each pattern must stand in it once."""
    text = configuration.read_text()
    for pattern, value in changes:
        text, count = re.subn(pattern, value, text)
        require(count == 1, f"{configuration.name} has {count} lines like {pattern}")
    return text


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@contextmanager
def running(text: str, folder: Path, owner: str, port: int):
    """Runs nginx with the servers of a text until the block ends; it keeps its files in the folder."""
    # The test may run as root, from a folder that only root may enter.
    user = f"user {owner};" if subprocess.os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1;\n"
        "events {}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/p;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"{text}\n}}\n"
    )
    tested = subprocess.run(
        [nginx_program(), "-t", "-c", configuration], capture_output=True, text=True, check=False)
    require(tested.returncode == 0, f"nginx -t: {tested.stderr[-300:]}")
    require("warn" not in tested.stderr, f"nginx -t: {tested.stderr[-300:]}")
    log = (folder / "log").open("w")
    process = subprocess.Popen([nginx_program(), "-c", configuration], stdout=log, stderr=log)
    try:
        require(eventually(lambda: listens(port)), "nginx does not listen")
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)
