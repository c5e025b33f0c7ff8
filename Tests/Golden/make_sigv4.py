#!/usr/bin/env python3
"""Signs odd requests with botocore and writes them to sigv4.json, for Tests/BucketsTests.

Keys and queries are given unencoded; botocore's own client encodes and signs them. Needs botocore
(Deploy/requirements-test.txt).
"""

import datetime
import hashlib
import json
from pathlib import Path
from unittest import mock
from urllib.parse import quote

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEYS = [
    "plain.png",
    "with space.png",
    "a=b&c=d.png",
    "p+q.png",
    "50%.png",
    "%41%2F.png",
    "time/2017-01-16T10:09:21Z/5/12/9.png",
    "double//slash.png",
    "dots/./and/../more",
    "ünïcode/日本語.png",
    "e\u0301 decomposed",
    "quote'\"(1)!*~.png",
    "a#b?c[d]{e}|f\\g^`<>@,;$",
    "trailing space ",
    "emoji 🌍.json",
]
QUERIES = [
    [],
    [("list-type", "2"), ("prefix", "a/b c/"), ("encoding-type", "url")],
    [("uploads", "")],
    [("partNumber", "2"), ("uploadId", "a+b/c==&d")],
    [("prefix", "ü=&+ %"), ("continuation-token", "1/abc+def==")],
    [("b", "2"), ("a", "1"), ("B", "3"), ("a-", "4"), ("a", "0")],
]
FIELDS = [
    [],
    [["content-type", "image/png"], ["cache-control", "public,  max-age=60"]],
    [["if-none-match", "*"], ["x-amz-meta-name", "  two  spaces  "]],
    [["range", "bytes=0-9"], ["x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]],
]
ACCESS, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token/with+odd==="
TIME = datetime.datetime(2026, 11, 24, 15, 0, 0, tzinfo=datetime.timezone.utc)


def sign(method, host, key, query, fields, body, token, service, region):
    # What botocore's own client sends: unreserved characters and "/" stay.
    path = "/" + quote(key, safe="/-_.~")
    encoded = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in query)
    request = AWSRequest(
        method, f"https://{host}{path}" + (f"?{encoded}" if encoded else ""), dict(fields), body
    )
    request.context["client_config"] = mock.Mock(s3={"payload_signing_enabled": True})
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    with mock.patch("botocore.auth.get_current_datetime", return_value=TIME.replace(tzinfo=None)):
        signer(Credentials(ACCESS, SECRET, token), service, region).add_auth(request)
    return request.headers["Authorization"]


def case(index, method, key, query, fields, body, token):
    host = ["bucket.s3.eu-central-1.amazonaws.com", "localhost:8333"][index % 2]
    return {
        "method": method,
        "host": host,
        "key": key,
        "query": query,
        "fields": fields,
        "bodyHash": hashlib.sha256(body).hexdigest(),
        "token": token,
        "authorization": sign(method, host, key, query, fields, body, token, "s3", "eu-central-1"),
    }


def main() -> None:
    cases = []
    for index, key in enumerate(KEYS):
        cases.append(case(index, "PUT", key, [], FIELDS[index % 4], key.encode(), [None, TOKEN][index % 2]))
    for index, query in enumerate(QUERIES):
        cases.append(case(index, "GET", "", query, FIELDS[(index + 1) % 4], b"", [TOKEN, None][index % 2]))
        cases.append(case(index, "POST", "a key", query, [], b"<x/>", None))
    document = {"access": ACCESS, "secret": SECRET, "time": int(TIME.timestamp()), "cases": cases}
    out = Path(__file__).with_name("sigv4.json")
    out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{out}: {len(cases)} requests")


if __name__ == "__main__":
    main()
