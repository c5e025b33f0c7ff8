"""A Zarr store over plain HTTP for zarr-python: GET with and without a range, 404 for what is missing."""

import urllib.error
import urllib.request

from zarr.abc.store import (
    OffsetByteRequest,
    RangeByteRequest,
    Store,
    SuffixByteRequest,
)

from patience import PATIENCE


class HTTPStore(Store):
    """Reads below an address and counts what that takes."""

    def __init__(self, base: str, headers: dict | None = None):
        super().__init__(read_only=True)
        self.base = base.rstrip("/")
        self.headers = headers or {}
        self.requests = 0
        self.bytes = 0
        self.missing = 0

    def __eq__(self, other) -> bool:
        return isinstance(other, HTTPStore) and other.base == self.base

    supports_writes = False
    supports_deletes = False
    supports_listing = False

    async def get(self, key, prototype, byte_range=None):
        header = None
        if isinstance(byte_range, RangeByteRequest):
            header = f"bytes={byte_range.start}-{byte_range.end - 1}"
        elif isinstance(byte_range, OffsetByteRequest):
            header = f"bytes={byte_range.offset}-"
        elif isinstance(byte_range, SuffixByteRequest):
            header = f"bytes=-{byte_range.suffix}"
        request = urllib.request.Request(
            f"{self.base}/{key}", headers=self.headers | ({"Range": header} if header else {})
        )
        self.requests += 1
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                body = answer.read()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            self.missing += 1
            return None
        self.bytes += len(body)
        return prototype.buffer.from_bytes(body)

    async def get_partial_values(self, prototype, key_ranges):
        return [await self.get(key, prototype, part) for key, part in key_ranges]

    async def exists(self, key) -> bool:
        from zarr.core.buffer import default_buffer_prototype

        return await self.get(key, default_buffer_prototype()) is not None

    async def set(self, key, value):
        raise NotImplementedError

    async def delete(self, key):
        raise NotImplementedError

    async def list(self):
        raise NotImplementedError
        yield

    async def list_prefix(self, prefix):
        raise NotImplementedError
        yield

    async def list_dir(self, prefix):
        raise NotImplementedError
        yield
