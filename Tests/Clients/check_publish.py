"""Publishing to real S3 servers: what arrives, what a second run does, and what happens when
publishers are killed, connections break, or two publish at once. Readers are boto3 and rclone."""

import gzip
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from buckets import KEY, SECRET, TYPES, FaultyProxy, client, program, rclone, seaweedfs, write_site
from patience import PATIENCE
from report import require


def publish_checks(report, cubepress: str, site: Path, kills: int) -> None:
    if report.only and "publish" not in report.only:
        return  # the servers take seconds to start
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cubepress-publish-")))
        servers = {}
        for name, server in (("seaweedfs", seaweedfs), ("rclone", rclone)):
            start = lambda n=name, s=server: servers.update({n: stack.enter_context(s(folder / n))})
            report.check(f"publish: {name} runs", start)
        if not servers:
            return
        run = Runner(cubepress, folder)
        for name, url in servers.items():
            report.check(f"publish: odd keys and a large object arrive ({name})", arrives, run, name, url)
            report.check(f"publish: a second publication sends nothing ({name})", nothing_new, run, name, url)
        if "rclone" in servers:
            report.check("publish: rclone finds the bucket equal to the folder", rclone_compares, run, servers["rclone"])
        url = servers.get("seaweedfs")
        if not url:
            return
        report.check("publish: the made site arrives", site_arrives, run, url, site)
        report.check("publish: check of the live site", live_check, run, url)
        report.check("publish: a new release, the list, what differs", new_release, run, url)
        report.check("publish: back to a release, and forward", back_and_forward, run, url)
        report.check("publish: pruning", pruning, run, url)
        report.check("publish: verification repairs", verification, run, url)
        report.check(f"publish: publisher killed {kills} times", killed, run, url, kills)
        report.check("publish: bad connections", bad_connections, run, url)
        report.check("publish: two publishers at once", two_publishers, run, url)
        report.check("publish: failures are explained", explained, run, url)
        report.check("publish: bucket setup and check", bucket_set_up, run, url)


class Runner:
    """Runs the program with credentials in its environment."""

    def __init__(self, cubepress: str, folder: Path):
        self.cubepress, self.folder = cubepress, folder
        self.environment = os.environ | {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __call__(self, *arguments, code: int = 0, **environment) -> str:
        result = subprocess.run(
            [self.cubepress, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env=self.environment | environment,
        )
        said = (result.stdout + result.stderr).strip()
        require(result.returncode == code, f"exit code {result.returncode}, not {code}: {said[-500:]}")
        return said

    def publish(self, site: Path, target: str, url: str, *options) -> dict:
        text = self("publish", site, target, "--endpoint", url, "--json", "--log-format", "quiet", *options)
        return json.loads(text)

    def start(self, *arguments) -> subprocess.Popen:
        return subprocess.Popen(
            [self.cubepress, *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def sizes(url: str, prefix: str) -> dict:
    """The sizes of everything below a prefix by key, without the records of releases."""
    found = {}
    for page in client(url).get_paginator("list_objects_v2").paginate(Bucket="cubes", Prefix=prefix + "/"):
        for entry in page.get("Contents", []):
            key = entry["Key"][len(prefix) + 1 :]
            if not key.startswith("_release/"):
                found[key] = entry["Size"]
    return found


def objects(url: str, prefix: str) -> dict:
    """The bytes of everything below a prefix by key, without the records of releases."""
    keys = list(sizes(url, prefix))
    with ThreadPoolExecutor(4) as pool:
        contents = pool.map(lambda key: client_get(url, f"{prefix}/{key}")["Body"].read(), keys)
        return dict(zip(keys, contents))


CLIENTS = {}


def client_get(url: str, key: str) -> dict:
    if url not in CLIENTS:
        CLIENTS[url] = client(url)
    for pause in (0.2, 0.5, 1, 2):
        try:
            return CLIENTS[url].get_object(Bucket="cubes", Key=key)
        except AttributeError:  # so botocore stumbles over a 5xx answer of a busy server to a stream
            time.sleep(pause)
    return CLIENTS[url].get_object(Bucket="cubes", Key=key)


def release(url: str, prefix: str) -> dict:
    """The current release as a reader finds it: key → entry."""
    pointer = json.loads(client_get(url, f"{prefix}/_release/current.json")["Body"].read())
    head = json.loads(client_get(url, f"{prefix}/{pointer['manifest']}")["Body"].read())
    entries = {}
    for part in head["parts"]:
        packed = client_get(url, f"{prefix}/_release/parts/{part['sha256']}.jsonl.gz")["Body"].read()
        text = gzip.decompress(packed)
        require(hashlib.sha256(text).hexdigest() == part["sha256"], "a part does not fit its name")
        for line in text.splitlines():
            entry = json.loads(line)
            entries[entry["key"]] = entry
    require(len(entries) == head["objects"], f"{len(entries)} lines, {head['objects']} stated")
    return entries


def require_release(url: str, prefix: str, files: dict) -> None:
    """The current release is these files, and the bucket holds their bytes."""
    entries = release(url, prefix)
    require(entries.keys() == files.keys(), f"other keys: {list(entries.keys() ^ files.keys())[:3]}")
    there = objects(url, prefix)
    for key, content in files.items():
        require(there.get(key) == content, f"{key} has other bytes in the bucket")
        require(entries[key]["sha256"] == hashlib.sha256(content).hexdigest(), f"{key}: other hash")


def require_whole(url: str, prefix: str) -> int:
    """Walks every page in the bucket; everything it points at must be there. Returns how many."""
    there = sizes(url, prefix)
    count = 0
    for key in there:
        if not key.endswith(".html"):
            continue
        content = client_get(url, f"{prefix}/{key}")["Body"].read()
        for target in re.findall(r'(?:href|src)="([^"]+)"', content.decode()):
            count += 1
            path = os.path.normpath(os.path.join(os.path.dirname(key), target))
            require(path in there, f"{key} points at {path}, which is not there")
    for key in release(url, prefix):
        require(key in there, f"{key} is in the release but not there")
    return count


def arrives(run: Runner, name: str, url: str) -> str:
    site = run.folder / f"site-{name}"
    # rclone computes checksums of large objects slowly; one server is enough for the parts.
    large = 70 << 20 if name == "seaweedfs" else 0
    files = write_site(site, 1, 200, odd=True, large=large)
    report = run.publish(site, "s3://cubes/one/two", url)
    require(report["added"] == len(files), f"{report['added']} added, {len(files)} made")
    require_release(url, "one/two", files)
    for key in ("index.html", "odd/a b.png", "assets/site.00000001.css", "datasets/sst/collection.json"):
        head = client_get(url, f"one/two/{key}")
        is_immutable = "immutable" in head.get("CacheControl", "")
        require(is_immutable == key.startswith("assets"), f"{key}: {head.get('CacheControl')}")
        wanted = TYPES[os.path.splitext(key)[1]]
        require(head["ContentType"] == wanted, f"{key}: {head['ContentType']}")
    return f"{len(files)} objects in {report['seconds']:.1f} s"


def nothing_new(run: Runner, name: str, url: str) -> str:
    report = run.publish(run.folder / f"site-{name}", "s3://cubes/one/two", url)
    require(report["sentObjects"] == 0 and report["release"] == 1, f"{report}")
    return f"{report['seconds']:.2f} s"


def rclone_compares(run: Runner, url: str) -> str:
    remote = f":s3,provider=Other,access_key_id={KEY},secret_access_key={SECRET},endpoint='{url}':cubes/one/two"
    command = [program("rclone"), "check", str(run.folder / "site-rclone"), remote, "--size-only"]
    command += ["--exclude", "/_release/**", "--exclude", "/.cubepress/**"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    said = result.stderr.strip().splitlines()
    require(result.returncode == 0, "; ".join(said[-3:]))
    return next((line for line in said if "matching" in line), "")[-40:]


def site_arrives(run: Runner, url: str, site: Path) -> str:
    # A copy, so that the journal of the publication does not touch the made site.
    copy = run.folder / "made"
    subprocess.run(["cp", "-r", str(site), str(copy)], check=True)
    report = run.publish(copy, "s3://cubes/made", url)
    there = sizes(url, "made")
    wanted = {
        str(path.relative_to(site)): path
        for path in site.rglob("*")
        if path.is_file() and not str(path.relative_to(site)).startswith(("_release/", ".cubepress/"))
    }
    require(there.keys() == wanted.keys(), f"other keys: {list(there.keys() ^ wanted.keys())[:3]}")
    require(all(there[key] == path.stat().st_size for key, path in wanted.items()), "other sizes")
    # boto3 reads slowly: every kind of object, and some of each kind.
    for key in random.Random(1).sample(sorted(wanted), min(150, len(wanted))):
        content = client_get(url, f"made/{key}")["Body"].read()
        require(content == wanted[key].read_bytes(), f"{key} has other bytes")
    return f"{report['sentObjects']} objects in {report['seconds']:.1f} s"


def live_check(run: Runner, url: str) -> str:
    client(url).put_bucket_cors(
        Bucket="cubes",
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": ["*"],
                    "AllowedMethods": ["GET", "HEAD"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["Content-Range", "Content-Length", "ETag"],
                }
            ]
        },
    )
    # The capabilities were built for another address, which must be found and is all that is wrong.
    said = run("check", f"{url}/cubes/made/", "--json", code=1)
    findings = json.loads(said[: said.rindex("]") + 1])
    problems = [finding["text"] for finding in findings if finding["kind"] == "problem"]
    require(len(problems) == 1 and "--base-url" in problems[0], f"{problems}")
    good = [finding["text"] for finding in findings if finding["kind"] == "ok"]
    require(any("404" in text for text in good), f"404 not seen: {good}")
    return f"{len(good)} good, 1 problem as wanted"


def new_release(run: Runner, url: str) -> str:
    site = run.folder / "releases"
    first = write_site(site, 1, 60)
    run.publish(site, "s3://cubes/releases", url)
    second = write_site(site, 2, 60)
    report = run.publish(site, "s3://cubes/releases", url)
    added, removed = second.keys() - first.keys(), first.keys() - second.keys()
    changed = [key for key in first.keys() & second.keys() if first[key] != second[key]]
    counts = (report["added"], report["changed"], report["removed"])
    require(counts == (len(added), len(changed), len(removed)), f"{counts}")
    documents = len([key for key in [*added, *changed] if key.endswith((".html", ".json"))])
    require(report["sentObjects"] == len(added) + len(changed) + documents, f"{report}")
    entries = release(url, "releases")
    require(entries.keys() == second.keys(), "other keys")
    there = objects(url, "releases")
    require(all(there[key] == second[key] for key in second), "other bytes")
    require(all(there[key] == first[key] for key in removed), "something was removed too early")
    listed = json.loads(run("releases", "s3://cubes/releases", "--endpoint", url, "--json"))
    require([entry["release"] for entry in listed] == [2, 1], f"{listed}")
    lines = run("diff", "s3://cubes/releases", 1, 2, "--endpoint", url).splitlines()
    wanted = {f"+ {key}" for key in added} | {f"- {key}" for key in removed} | {f"~ {key}" for key in changed}
    require(set(lines) == wanted, f"diff: {list(set(lines) ^ wanted)[:3]}")
    return f"+{counts[0]} ~{counts[1]} -{counts[2]}"


def back_and_forward(run: Runner, url: str) -> str:
    site = run.folder / "releases"
    second = write_site(site, 2, 60)
    run("rollback", "s3://cubes/releases", 1, "--endpoint", url)
    require(b"extra-1/" in client_get(url, "releases/index.html")["Body"].read(), "other index.html")
    count = require_whole(url, "releases")
    report = run.publish(site, "s3://cubes/releases", url)
    require(report["release"] == 4, f"{report}")
    there = objects(url, "releases")
    require(all(there[key] == second[key] for key in second), "other bytes after going forward")
    return f"{count} references resolve"


def pruning(run: Runner, url: str) -> str:
    before = sizes(url, "releases")
    run("prune", "s3://cubes/releases", "--endpoint", url, "--grace", "1d")
    require(sizes(url, "releases").keys() == before.keys(), "pruned before its time")
    time.sleep(1.1)
    said = run("prune", "s3://cubes/releases", "--endpoint", url, "--grace", "1s", "--keep", "1")
    require(sizes(url, "releases").keys() == release(url, "releases").keys(), "not just the release is left")
    require_whole(url, "releases")
    return said.splitlines()[-1]


def verification(run: Runner, url: str) -> str:
    connection, site = client(url), run.folder / "releases"
    connection.delete_object(Bucket="cubes", Key="releases/index.html")
    connection.put_object(Bucket="cubes", Key="releases/datasets/sst/collection.json", Body=b"1")
    connection.put_object(Bucket="cubes", Key="releases/stranger.txt", Body=b"1")
    # Of the same size, so that only its content tells.
    page = connection.get_object(Bucket="cubes", Key="releases/datasets/sst/index.html")["Body"].read()
    connection.put_object(Bucket="cubes", Key="releases/datasets/sst/index.html", Body=page[::-1])
    report = run.publish(site, "s3://cubes/releases", url, "--verify")["verification"]
    wanted = {"index.html", "datasets/sst/collection.json", "datasets/sst/index.html"}
    require(set(report["repairedKeys"]) == wanted, f"{report['repairedKeys']}")
    require(report["strangerKeys"] == ["stranger.txt"], f"{report['strangerKeys']}")
    connection.delete_object(Bucket="cubes", Key="releases/stranger.txt")
    require_whole(url, "releases")
    require(report["compared"] == report["sound"], f"{report['compared']} compared of {report['sound']}")
    return f"{report['sound']} sound, {report['repaired']} repaired"


def killed(run: Runner, url: str, kills: int) -> str:
    """Kills a publisher at random moments, walks all references each time, then lets it end."""
    site, chance = run.folder / "killed", random.Random(20261124)
    write_site(site, 1, 120)
    run.publish(site, "s3://cubes/killed", url)
    files = write_site(site, 2, 120)
    # A slow way to the server gives the kills time to meet every phase.
    proxy = FaultyProxy(url, faults=0, delay=0.03)
    met = 0
    for _ in range(kills):
        process = run.start("publish", site, "s3://cubes/killed", "--endpoint", proxy.url, "--connections", "4")
        time.sleep(chance.uniform(0.05, 1.0))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            met += 1
        process.communicate()
        require_whole(url, "killed")
    report = run.publish(site, "s3://cubes/killed", proxy.url)
    proxy.close()
    there, entries = objects(url, "killed"), release(url, "killed")
    require(entries.keys() == files.keys(), "other keys at the end")
    require(all(there[key] == files[key] for key in files), "other bytes at the end")
    return f"{met} kills met a running publisher; the last run sent {report['sentObjects']}"


def bad_connections(run: Runner, url: str) -> str:
    site = run.folder / "bad"
    files = write_site(site, 1, 300)
    proxy = FaultyProxy(url, faults=0.35)
    report = run.publish(site, "s3://cubes/bad", proxy.url)
    spoilt = proxy.spoilt
    proxy.close()
    require(spoilt > 5, f"only {spoilt} connections were spoilt")
    require_release(url, "bad", files)
    return f"{spoilt} connections spoilt, {report['seconds']:.1f} s"


def two_publishers(run: Runner, url: str) -> str:
    one, other = run.folder / "race-1", run.folder / "race-2"
    sites = {one: write_site(one, 1, 100), other: write_site(other, 2, 100)}
    processes = {site: run.start("publish", site, "s3://cubes/race", "--endpoint", url) for site in sites}
    said = {site: process.communicate(timeout=PATIENCE)[0] for site, process in processes.items()}
    codes = {site: process.returncode for site, process in processes.items()}
    require(sorted(codes.values()) in ([0, 1], [0, 0]), f"{codes}: {said}")
    loser = next((site for site, code in codes.items() if code == 1), None)
    if loser:
        require("Nothing was lost" in said[loser], said[loser])
        winner = one if loser == other else other
        there = objects(url, "race")
        require(all(there[key] == content for key, content in sites[winner].items()), "the winner lost something")
        run.publish(loser, "s3://cubes/race", url)
        there = objects(url, "race")
        require(all(there[key] == content for key, content in sites[loser].items()), "the loser lost something")
    require_whole(url, "race")
    return "one won, the other said so" if loser else "one after the other"


def explained(run: Runner, url: str) -> str:
    site = run.folder / "bad"
    target = ("s3://cubes/other", "--endpoint", url)
    said = run("publish", site, *target, code=1, AWS_SECRET_ACCESS_KEY="wrong")
    require("secret key" in said and "wrong" not in said, said)
    said = run("publish", site, "s3://no-such-bucket/a", "--endpoint", url, code=1)
    require("no bucket" in said, said)
    said = run("publish", site, *target, code=1, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", HOME="/nowhere")
    require("AWS_ACCESS_KEY_ID" in said, said)
    said = run("publish", run.folder / "seaweedfs", *target, code=1)
    require("cubepress build" in said, said)
    return "4 messages"


def bucket_set_up(run: Runner, url: str) -> str:
    run("bucket", "setup", "s3://cubes", "--endpoint", url)
    said = run("bucket", "check", "s3://cubes", "--endpoint", url)
    require("conditional writes are honoured" in said and "404" in said, said)
    for kind in ("aws", "ceph", "cloudfront", "nginx"):
        text = run("bucket", "setup", "s3://cubes", "--print", kind)
        require(("error_page 403" if kind == "nginx" else "ListBucket") in text, text)
    return f"{said.count('ok ')} good"
