#!/usr/bin/env python3
"""Writes the zip archives of Tests/StoresTests/Fixtures with Python's zipfile.

Each holds the objects of `storeContractObjects` in Tests/TestKit/checkStore.swift.
"""

import io
import pathlib
import zipfile

OBJECTS = {
    "zarr.json": b'{"zarr_format": 3}',
    "a/b/c/0/0": bytes(i * 7 % 256 for i in range(1000)),
    "a/b/c/0/1": bytes([42]),
    "a/empty": b"",
    "a/with space/x=1+2:3&4;5%41.bin": bytes([1, 2, 3]),
    "größe/温度/c#0?": bytes([9, 8, 7, 6]),
    "times/2017-01-16T10:09:21Z/0.png": bytes(5000),
}
FOLDER = pathlib.Path(__file__).parent.parent / "StoresTests" / "Fixtures"
DATE = (2020, 1, 1, 0, 0, 0)


class Unseekable(io.RawIOBase):
    """A sink that cannot go back, so that sizes follow the bytes (data descriptors)."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, piece):
        self.bytes += piece
        return len(piece)


def make(sink, method, zip64=False, comment=b"", folders=False, wrap=""):
    with zipfile.ZipFile(sink, "w") as archive:
        archive.comment = comment
        if folders:
            archive.writestr(zipfile.ZipInfo("a/", DATE), b"")
        for key, content in OBJECTS.items():
            info = zipfile.ZipInfo(wrap + key, DATE)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=zip64) as file:
                file.write(content)


def zip64_trailer(archive):
    """Rewrites the end of an archive as zip64 writers do, with all numbers in the long record."""
    import struct

    end = archive.rindex(b"PK\5\6")
    count, size, offset = struct.unpack("<HII", archive[end + 10 : end + 20])
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    return archive[:end] + record + locator + last


def main():
    stored, deflated = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
    make(FOLDER / "stored.zip", stored, folders=True)
    make(FOLDER / "deflated.zip", deflated)
    make(FOLDER / "zip64.zip", deflated, zip64=True)
    path = FOLDER / "zip64.zip"
    path.write_bytes(zip64_trailer(path.read_bytes()))
    # Python itself is misled by the signature in this comment; APPNOTE.TXT allows it.
    make(FOLDER / "comment.zip", stored, comment=b"a comment with PK\5\6 in it " * 40)
    make(FOLDER / "wrapped.zip", deflated, wrap="cube.zarr/")
    make(FOLDER / "bzip2.zip", zipfile.ZIP_BZIP2)
    sink = Unseekable()
    make(sink, deflated)
    (FOLDER / "streamed.zip").write_bytes(sink.bytes)


if __name__ == "__main__":
    main()
