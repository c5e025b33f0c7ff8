"""The server's buckets, read by clients of S3: s3fs and xarray, boto3; beside SeaweedFS and xcube's server."""

import datetime
import itertools
import json
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import boto3
import numpy as np
import xarray as xr
from botocore.config import Config
from botocore.exceptions import ClientError

from buckets import client, seaweedfs
from patience import PATIENCE
from report import Skipped, require
from site_folder import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
S3FS = ROOT / ".venv-s3fs/bin/python"
XCUBE = ROOT / ".venv-xcube/bin/xcube"
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def s3fs_and_xarray(live, cube: str, variable: str) -> str:
    """What a user writes, with the token as the access key."""
    if not S3FS.exists():
        raise Skipped("s3fs is not there: Deploy/setup test installs it")
    answer = subprocess.run(
        [str(S3FS), str(Path(__file__).with_name("s3fs_read.py")), live.api + "/s3", live.token, cube, variable],
        capture_output=True, text=True, timeout=PATIENCE)
    require(answer.returncode == 0, answer.stderr[-600:])
    found = json.loads(answer.stdout.strip().splitlines()[-1])
    with xr.open_zarr(live.source) as local:
        values = local[variable].load()
    require(found["sizes"] == dict(values.sizes), f"{found['sizes']}")
    wanted = float(values.sum(dtype="f8"))
    for name in ("consolidated", "listed", "level"):
        require(np.isclose(found[name], wanted, rtol=1e-12), f"{name}: {found[name]} and not {wanted}")
    names = sorted(one.name for one in live.source.iterdir())
    require(found["names"] == names, f"{found['names']} and not {names}")
    files = sum(one.is_file() for one in live.source.rglob("*"))
    require(found["files"] == files, f"{found['files']} files and not {files}")
    part = (live.source / variable / "0.1.1").read_bytes()[5:25]
    require(bytes.fromhex(found["part"]) == part, "a range differs")
    require(found["missing"] == "FileNotFoundError", f"{found['missing']}")
    require(found["forbidden"] == found["unknown"] == "FileNotFoundError", f"{found}")
    require(found["refused"] in ("PermissionError", "OSError"), f"a wrong token: {found['refused']}")
    return f"s3fs {found['version']}: {found['files']} files, every value"


def boto(live, token: str | None = None):
    return boto3.client(
        "s3", endpoint_url=live.api + "/s3", aws_access_key_id=token or live.token, aws_secret_access_key="-",
        region_name="us-east-1", config=Config(retries={"max_attempts": 1}))


def same_as_seaweedfs(live, cube: str) -> str:
    """Lists are those of a real S3 server with the same objects: every query, every page."""
    ours = boto(live)
    ours.head_bucket(Bucket="datasets")
    for bucket in ("none", "pyramid"):
        require(failure(ours.head_bucket, Bucket=bucket) == "404", f"there is a bucket {bucket}")
    compared = 0
    with tempfile.TemporaryDirectory() as folder, seaweedfs(Path(folder) / "s3") as url:
        theirs = client(url)
        theirs.create_bucket(Bucket="datasets")
        for file in live.source.rglob("*"):
            if file.is_file():
                theirs.put_object(
                    Bucket="datasets", Key=f"{cube}.zarr/{file.relative_to(live.source).as_posix()}",
                    Body=file.read_bytes())
        store = f"{cube}.zarr/"
        prefixes = ["", store, store[:-1], store + "l", store + "lat", store + "lat/", "none"]
        for prefix, delimiter, size in itertools.product(prefixes, ["", "/"], [2, 1000]):
            for operation in ("list_objects_v2", "list_objects"):
                # The pages of SeaweedFS begin anew with each group; they are compared as a whole.
                lists = [pages(one, operation, prefix, delimiter, size) for one in (ours, theirs)]
                require(lists[0] == lists[1], f"{operation} '{prefix}' '{delimiter}' {size}: "
                        f"{sorted(lists[0] ^ lists[1])[:6]}")
                compared += 1
    key = f"{cube}.zarr/.zmetadata"
    head = ours.head_object(Bucket="datasets", Key=key)
    (listed,) = ours.list_objects_v2(Bucket="datasets", Prefix=key)["Contents"]
    require(head["ETag"] == listed["ETag"] and head["ContentLength"] == listed["Size"], f"{head} {listed}")
    require(abs(head["LastModified"] - listed["LastModified"]) < datetime.timedelta(seconds=1), f"{head}")
    require(failure(ours.get_object, Bucket="datasets", Key=store + "none") == "NoSuchKey", "another code")
    require(failure(ours.get_object, Bucket="datasets", Key=key, Range="bytes=9999999-") == "InvalidRange", "416")
    require(failure(ours.put_object, Bucket="datasets", Key=key, Body=b"") in ("404", "405"), "it can be written")
    return f"{compared} lists"


def pages(bucket, operation: str, prefix: str, delimiter: str, size: int) -> set:
    """Keys with their sizes, and groups, of all pages; no page is longer than was asked for."""
    arguments = {"Delimiter": delimiter} if delimiter else {}
    found, count = set(), 0
    for page in bucket.get_paginator(operation).paginate(
            Bucket="datasets", Prefix=prefix, PaginationConfig={"PageSize": size}, **arguments):
        items = [(one["Key"], one["Size"]) for one in page.get("Contents", [])]
        items += [(one["Prefix"], None) for one in page.get("CommonPrefixes", [])]
        require(len(items) <= size, f"a page of {len(items)}")
        found |= set(items)
        count += len(items)
    require(count == len(found), f"{count - len(found)} twice")
    return found


def failure(call, **arguments) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "nothing"


def same_as_xcube(live, cube: str) -> str:
    """The fields of xcube's lists and failures, for the same store."""
    if not XCUBE.exists():
        raise Skipped("xcube's server is not there: Deploy/setup test installs it")
    with xcube_server(live.folder, live.source, cube) as theirs:
        keys = []
        for query in ("list-type=2", "list-type=2&delimiter=/", "prefix=olci.zarr/lat&delimiter=/", ""):
            ours, others = [
                ElementTree.fromstring(asked(address + "/s3/datasets?" + query, token)[1])
                for address, token in ((live.api, live.token), (theirs, None))]
            require(ours.tag == others.tag, f"{ours.tag} and not {others.tag}")
            # xcube's server has fields that are empty, such as a marker that nobody sent.
            lacking = {one.tag for one in others.iter() if one.text and one.text.strip()} - {
                one.tag for one in ours.iter()}
            require(not lacking, f"{query}: {lacking} are missing")
            keys.append([
                {one.findtext(NAMESPACE + name) for one in document.iter(NAMESPACE + above)}
                for document in (ours, others) for above, name in (("Contents", "Key"), ("CommonPrefixes", "Prefix"))])
        # xcube's server writes documents and chunks anew; the names of arrays are those of the store.
        arrays = [{key.split("/")[1] for key in one if key.count("/") > 1} for one in (keys[0][0], keys[0][2])]
        require(arrays[0] == arrays[1] and arrays[0], f"{arrays}")
        require(keys[1][1] == keys[1][3] == {f"{cube}.zarr/"}, f"{keys[1]}")
        # Of a bucket that it does not have xcube's server makes an error of its own (500), against its code.
        require(failed(live.api + "/s3/none", live.token) == (404, "NoSuchBucket"), "another bucket")
        path = f"/s3/datasets/{cube}.zarr/none"
        codes = failed(live.api + path, live.token), failed(theirs + path, None)
        require(codes[0] == codes[1] == (404, "NoSuchKey"), f"{path}: {codes}")
    return f"{len(arrays[0])} arrays, {len(keys)} lists"


def failed(address: str, token: str | None) -> tuple[int, str]:
    status, text = asked(address, token)
    return status, ElementTree.fromstring(text).findtext("Code")


def asked(address: str, token: str | None) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@contextmanager
def xcube_server(folder: Path, source: Path, cube: str):
    """xcube's server with one cube; gives its address."""
    port = free_port()
    (folder / "xcube.yaml").write_text(
        f"Datasets:\n  - Identifier: {cube}\n    FileSystem: file\n    Path: {source}\n")
    log = folder / "xcube.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(XCUBE.with_name("python")), str(XCUBE), "serve", "--address", "127.0.0.1", "--port", str(port),
             "--config", str(folder / "xcube.yaml")],
            stdout=output, stderr=output, env=os.environ | {"PYTHONWARNINGS": "ignore"})
    base = f"http://127.0.0.1:{port}"
    try:
        while True:
            require(process.poll() is None, f"xcube's server ended: {log.read_text()[-400:]}")
            try:
                with urllib.request.urlopen(base + "/datasets", timeout=PATIENCE):
                    break
            except OSError:
                time.sleep(0.3)
        yield base
    finally:
        process.kill()
        process.wait()
