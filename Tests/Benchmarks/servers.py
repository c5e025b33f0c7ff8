"""Servers on this machine, started for a measure and stopped after it."""

import http.client
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server's process and where it listens."""

    def __init__(self, process: subprocess.Popen, port: int):
        self.process, self.port = process, port

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def processor(self) -> float:
        """User and system seconds until now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Peak resident memory until now, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6


@contextmanager
def serving(command: list, port: int, path: str, log: Path):
    """Runs a server until the block ends; waits until `path` is answered."""
    with log.open("wb") as target:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=target, stderr=subprocess.STDOUT,
            start_new_session=True)
    server = Server(process, port)
    try:
        _wait(server, path, log)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(server: Server, path: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            connection = server.connection()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status < 500:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-800:]}")


def xcube_command(program: str, port: int, configuration: Path) -> list:
    return [program, "serve", "--address", "127.0.0.1", "--port", port, "--config", configuration]
