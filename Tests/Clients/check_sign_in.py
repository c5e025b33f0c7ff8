"""Signing in through a real OpenID Connect provider (oidc-provider-mock, on authlib): PKCE, keys that change,
and tokens that are forged between the provider and us."""

import base64
import hashlib
import hmac
import json
import logging
import re
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from patience import PATIENCE
from report import require
from team_server import Browser, TeamServer


def sign_in_checks(report, program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        institute = Provider()
        secret = Path(folder) / "secret"
        secret.write_text("shared with the provider")
        server = TeamServer(
            program, Path(folder) / "data",
            options=["--provider-issuer", institute.issuer, "--provider-client", "cubes",
                     "--provider-secret-file", str(secret)])
        try:
            report.check("sign-in: a real provider", signs_in, institute, server)
            report.check("sign-in: forged tokens", refuses_forged, institute, server)
            report.check("sign-in: the provider's keys change", follows_keys, institute, server)
        finally:
            server.kill()
            institute.stop()


class Provider:
    """The provider, with a hand on its keys and on the tokens that leave it."""

    def __init__(self):
        import flask
        import oidc_provider_mock
        import werkzeug.serving

        app = oidc_provider_mock.app(user_claims=[
            oidc_provider_mock.User(sub="ada@example.org", claims={"name": "Ada", "preferred_username": "ada"})])
        app.debug = False
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.storage = None
        self.forge = None

        @app.before_request
        def remember():
            self.storage = flask.g.oidc_provider_mock_storage

        @app.after_request
        def tamper(response):
            if self.forge and flask.request.path == "/oauth2/token" and response.status_code == 200:
                document = response.get_json()
                document["id_token"] = self.forge(document["id_token"])
                response.set_data(json.dumps(document))
            return response

        self.server = werkzeug.serving.make_server("localhost", 0, app, threaded=True)
        self.issuer = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()


def through(provider: Provider, server: TeamServer) -> tuple[Browser, int, str]:
    """Goes the whole way that a browser goes; the session, and the last answer."""
    browser = server.browser()
    request = urllib.request.Request(browser.base + "/sign-in/provider")
    try:
        browser.opener.open(request)
    except urllib.error.HTTPError as answer:
        address = answer.headers["Location"]
    query = urllib.parse.parse_qs(urllib.parse.urlparse(address).query)
    require(query["code_challenge_method"] == ["S256"] and query["code_challenge"], "no PKCE")
    form = urllib.parse.urlencode({"sub": "ada@example.org"}).encode()
    try:
        browser.opener.open(urllib.request.Request(address, form))
    except urllib.error.HTTPError as answer:
        back = answer.headers["Location"]
    require(back.startswith(browser.base), f"led to {back}")
    status, text = browser.ask(back.removeprefix(browser.base))
    return browser, status, text


def signs_in(provider: Provider, server: TeamServer) -> str:
    browser, status, text = through(provider, server)
    require(status in (302, 303), f"{status} {text[:300]}")
    _, page = browser.ask("/")
    require("Ada" in page, f"not signed in: {page[:300]}")
    # The same person again is the same user.
    admin = server.browser()
    admin.set_password(server.invitation)
    through(provider, server)
    _, users = admin.ask("/administration")
    require(len(re.findall(r"/administration/users/ada[^/]*/disable", users)) == 1, "another user was made")
    return provider.issuer


def refuses_forged(provider: Provider, server: TeamServer) -> str:
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    own = provider.storage.jwk
    public = own.as_pem(is_private=False)
    private = RSAKey.import_key(own.as_pem(is_private=True))
    other = RSAKey.generate_key(2048)

    def claims(token: str, **changed) -> dict:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        return json.loads(base64.urlsafe_b64decode(padded)) | changed

    def signed(token, key, algorithm="RS256", **changed):
        return jwt.encode({"alg": algorithm}, claims(token, **changed), key, algorithms=[algorithm])

    def keyed(token: str) -> str:
        """HS256 with the text of the public key, which everybody knows."""
        head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
        signed = f"{head}.{token.split('.')[1]}"
        digest = hmac.new(public, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    def unsigned(token: str) -> str:
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        return f"{head}.{token.split('.')[1]}."

    forgeries = {
        "algorithm none": unsigned,
        "no signature": lambda token: token.rsplit(".", 1)[0] + ".",
        "another key": lambda token: signed(token, other),
        "the public key as a secret": keyed,
        "another audience": lambda token: signed(token, private, aud="somebody-else"),
        "another issuer": lambda token: signed(token, private, iss="https://evil.example"),
        "over": lambda token: signed(token, private, exp=int(time.time()) - 3600),
        "another attempt": lambda token: signed(token, private, nonce="another"),
        "changed": lambda token: ".".join(
            [token.split(".")[0], token.split(".")[1][:-4] + "AAAA", token.split(".")[2]]),
        "no token": lambda token: "nonsense",
    }
    for name, forge in forgeries.items():
        provider.forge = forge
        browser, status, _ = through(provider, server)
        require(status >= 400, f"{name}: {status}")
        status, _ = browser.ask("/")
        require(status in (302, 303), f"{name}: signed in")
    # Signed anew with the right key and nothing changed, it is taken: the forgeries fail for their faults.
    provider.forge = lambda token: signed(token, private)
    _, status, text = through(provider, server)
    require(status in (302, 303), f"an honest token: {status} {text[:200]}")
    provider.forge = None
    return ", ".join(forgeries)


def follows_keys(provider: Provider, server: TeamServer) -> str:
    from authlib import jose

    former = provider.storage.jwk
    provider.storage.jwk = jose.RSAKey.generate_key(2048, is_private=True)
    require(provider.storage.jwk.as_dict() != former.as_dict(), "the same key")
    began = time.monotonic()
    while True:
        _, status, _ = through(provider, server)
        if status in (302, 303):
            return f"followed after {time.monotonic() - began:.0f} s"
        require(time.monotonic() - began < PATIENCE, f"not followed: {status}")
        time.sleep(3)
