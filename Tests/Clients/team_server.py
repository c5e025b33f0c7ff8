"""A team server of a test: started on a free port, used as people and programs use it."""

import http.cookiejar
import os
import re
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from patience import PATIENCE, answers, eventually
from report import Failure, require
from site_folder import free_port

PASSWORD = "correct horse battery"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Keeps cookies, sends forms with the secret that their page holds; follows nothing by itself."""

    def __init__(self, base: str):
        self.base = base
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            NoRedirect, urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path: str, fields: dict | None = None) -> tuple[int, str]:
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(
            self.base + path, data, {"Accept": "text/html", "Origin": self.base})
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    def send(self, page: str, path: str, **fields) -> str:
        """Fills in a form of a page."""
        _, text = self.ask(page)
        secret = re.search(r'name="form" value="([^"]+)"', text)
        require(secret, f"{page} has no form: {text[:200]}")
        status, text = self.ask(path, fields | {"form": secret[1]})
        require(status in (200, 303), f"{path}: {status} {text[:200]}")
        return text

    def sign_in(self, name: str) -> None:
        status, text = self.ask("/sign-in", {"name": name, "password": PASSWORD})
        require(status == 303, f"signing in as {name}: {status} {text[:200]}")

    def set_password(self, link: str) -> None:
        path = link.removeprefix(self.base)
        status, text = self.ask(path, {"password": PASSWORD, "again": PASSWORD})
        require(status == 303, f"{path}: {status} {text[:200]}")

    def token(self, scope: str = "read") -> str:
        text = self.send("/", "/tokens", label="check", scope=scope, days="7")
        return re.search(r"cpt_[\w-]+", text)[0]


class TeamServer:
    """The program with its data folder."""

    def __init__(
        self, program: str, folder: Path, port: int | None = None, options: tuple | list = (),
        environment: dict[str, str] | None = None):
        self.program, self.folder, self.options = program, folder, options
        self.environment = os.environ | (environment or {})
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = folder.with_suffix(".log")
        self.invitation = None
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", str(self.folder), "--port", str(self.port), *self.options],
                stdout=log, stderr=subprocess.STDOUT, env=self.environment)
        require(eventually(self.is_ready), f"the server does not come up: {self.log.read_text()[-500:]}")
        found = re.findall(rf"{self.base}/invitation/[\w-]+", self.log.read_text())
        self.invitation = found[0] if found else None

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise Failure(f"the server ended: {self.log.read_text()[-500:]}")
        return answers(self.base + "/health/ready")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Asks the server to end, as systemd does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def browser(self) -> Browser:
        return Browser(self.base)
