"""Publishing where things go wrong: large objects cut at any byte, a bucket without room, clocks that are
wrong, rollback and pruning in the middle of a publication, credentials from elsewhere."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from buckets import KEY, SECRET, FaultyProxy, client, seaweedfs, write_site
from check_publish import Runner, client_get, objects, release, require_release, require_whole, sizes
from patience import PATIENCE, eventually
from report import Skipped, require

LARGE = 70 << 20


def fault_checks(report, cubepress: str) -> None:
    if report.only and "publish" not in report.only:
        return  # the server takes seconds to start
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cubepress-faults-")))
        found = []
        report.check("publish: seaweedfs runs again", lambda: found.append(stack.enter_context(seaweedfs(folder / "s3"))))
        if found:
            faults(report, Runner(cubepress, folder), found[0])


def faults(report, run: Runner, url: str) -> None:
    report.check("publish: a large object over a connection cut at any byte", large_object_cut, run, url)
    report.check("publish: a publisher of a large object is killed", large_object_killed, run, url)
    report.check("publish: a bucket without room", full_bucket, run, url)
    report.check("publish: rollback and pruning while somebody publishes", both_at_once, run, url)
    report.check("publish: a clock that is wrong", wrong_clock, run, url)
    report.check("publish: credentials of a program and of a profile", other_credentials, run, url)


def unfinished(url: str) -> list:
    return client(url).list_multipart_uploads(Bucket="cubes").get("Uploads") or []


def large_object_cut(run: Runner, url: str) -> str:
    site = run.folder / "large-cut"
    files = write_site(site, 1, 20, large=LARGE)
    proxy = FaultyProxy(url, faults=0.4, seed=5, reach=40_000_000)
    spoilt, tries = 0, 0
    for tries in range(1, 6):
        result = subprocess.run(
            [run.cubepress, "publish", site, "s3://cubes/large-cut", "--endpoint", proxy.url, "-q"],
            env=run.environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        spoilt = proxy.spoilt
        if result.returncode == 0:
            break
    proxy.close()
    require(result.returncode == 0, result.stderr[-400:])
    require(spoilt > 0, "no connection was spoilt")
    require_release(url, "large-cut", files)
    require(not unfinished(url), "parts were left behind")
    return f"{spoilt} connections spoilt, {tries} runs"


def large_object_killed(run: Runner, url: str) -> str:
    site, chance = run.folder / "large-killed", random.Random(3)
    files = write_site(site, 1, 5, large=LARGE)
    left = 0
    for _ in range(4):
        process = run.start(
            "publish", site, "s3://cubes/large-killed", "--endpoint", url, "--bandwidth", "100M", "--take-over"
        )
        time.sleep(chance.uniform(0.3, 0.9))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        left = max(left, len(unfinished(url)))
    run.publish(site, "s3://cubes/large-killed", url)
    require_release(url, "large-killed", files)
    require(not unfinished(url), "parts were left behind")
    return f"up to {left} unfinished uploads, none at the end"


def full_bucket(run: Runner, url: str) -> str:
    site = run.folder / "full"
    first = write_site(site, 1, 500)
    run.publish(site, "s3://cubes/full", url)
    second = write_site(site, 2, 500)
    for number in (1, 2):
        # Connections carry few requests, so that the bucket is full in the middle.
        proxy = FaultyProxy(url, faults=1e-9, full_after=number)
        said = run("publish", site, "s3://cubes/full", "--endpoint", proxy.url, "--connections", "2", code=1)
        proxy.close()
        require("no room left" in said and "quota" in said, said[-300:])
        require_whole(url, "full")
    require(release(url, "full").keys() == first.keys(), "a release was made nevertheless")
    run.publish(site, "s3://cubes/full", url)
    require_release_within(url, "full", second)
    return "the former release stays, then the new one comes"


def require_release_within(url: str, prefix: str, files: dict) -> None:
    there = objects(url, prefix)
    require(release(url, prefix).keys() == files.keys(), "other keys")
    require(all(there[key] == content for key, content in files.items()), "other bytes")


def both_at_once(run: Runner, url: str) -> str:
    site = run.folder / "busy"
    for number in (1, 2):
        write_site(site, number, 80)
        run.publish(site, "s3://cubes/busy", url)
    third = write_site(site, 3, 80)
    proxy = FaultyProxy(url, faults=0, delay=0.02)
    process = run.start("publish", site, "s3://cubes/busy", "--endpoint", proxy.url, "--connections", "1")
    eventually(lambda: "_release/claim.json" in claims(url) or process.poll() is not None, 0.02)
    refused = 0
    for arguments in (("rollback", "s3://cubes/busy", 1), ("prune", "s3://cubes/busy", "--grace", "0s")):
        if process.poll() is None:
            result = subprocess.run(
                [run.cubepress, *map(str, arguments), "--endpoint", url],
                env=run.environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
            )  # fmt: skip
            if process.poll() is None:
                require(result.returncode == 1 and "has been publishing" in result.stderr, result.stderr[-300:])
                refused += 1
        require_whole(url, "busy")
    said = process.communicate(timeout=PATIENCE)[0]
    proxy.close()
    require(process.returncode == 0, said)
    require_release_within(url, "busy", third)
    require(refused > 0, "the publisher ended too soon for this check")
    return f"{refused} told to wait"


def claims(url: str) -> str:
    """The claim of the prefix, where somebody holds it."""
    try:
        text = client_get(url, "busy/_release/claim.json")["Body"].read().decode()
    except client(url).exceptions.NoSuchKey:
        return ""
    return "_release/claim.json" if '"holder": null' not in text else ""


def wrong_clock(run: Runner, url: str) -> str:
    faketime = shutil.which("faketime")
    if not faketime:
        raise Skipped("faketime is missing: run Deploy/setup test")
    site = run.folder / "clock"
    files = {}
    for number, shift in enumerate(("+3 days", "-3 days", "+10 minutes"), start=1):
        files = write_site(site, number, 30)
        command = [faketime, "-f", shift.replace(" days", "d").replace(" minutes", "m"), run.cubepress]
        result = subprocess.run(
            [*command, "publish", site, "s3://cubes/clock", "--endpoint", url, "-q"],
            env=run.environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        require(result.returncode == 0, f"{shift}: {result.stderr[-300:]}")
    require_release_within(url, "clock", files)
    # Nothing is deleted before its time because a clock is wrong.
    before = sizes(url, "clock").keys()
    result = subprocess.run(
        [faketime, "-f", "+30d", run.cubepress, "prune", "s3://cubes/clock", "--endpoint", url, "--grace", "1d"],
        env=run.environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    require(result.returncode == 0, result.stderr[-300:])
    require(sizes(url, "clock").keys() == before, "objects were deleted before their time")
    return "days and minutes off, both ways"


def other_credentials(run: Runner, url: str) -> str:
    site, home = run.folder / "bad", run.folder / "home"
    write_site(site, 1, 20)
    (home / ".aws").mkdir(parents=True)
    answer = f'{{"Version": 1, "AccessKeyId": "{KEY}", "SecretAccessKey": "{SECRET}"}}'
    script = home / "give keys.sh"
    script.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    script.chmod(0o755)
    broken = home / "broken.sh"
    broken.write_text("#!/bin/sh\necho no token today >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    (home / ".aws/config").write_text(
        f"[profile program]\ncredential_process = \"{script}\"\nregion = us-east-1\n"
        f"[profile broken]\ncredential_process = {broken}\n",
        encoding="utf-8",
    )
    (home / ".aws/credentials").write_text(
        f"[keys]\naws_access_key_id={KEY}\naws_secret_access_key = {SECRET}\n", encoding="utf-8"
    )
    nothing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": str(home)}
    for profile in ("program", "keys"):
        run("publish", site, f"s3://cubes/{profile}", "--endpoint", url, "--profile", profile, **nothing)
        require_whole(url, profile)
    for profile, word in (("broken", "no token today"), ("none", "none")):
        said = run("publish", site, "s3://cubes/x", "--endpoint", url, "--profile", profile, code=1, **nothing)
        require(word in said and SECRET not in said, said)
    return "2 ways, 2 messages"
