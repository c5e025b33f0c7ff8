"""The program `gdal` of GDAL 3.11 and later, through the library in pyogrio's wheel.

    gdal.py raster tile …        (or --version)

Debian 12's GDAL is older, and no wheel carries the program; the library has all of it, as the
algorithms that the program's main function runs.
"""

import ctypes
import os
import sys
from pathlib import Path

import pyogrio


def library() -> ctypes.CDLL:
    """The library, with what the calls below take and give."""
    wheel = Path(pyogrio.__file__).parent
    path = next((wheel.parent / "pyogrio.libs").glob("libgdal*"))
    os.environ.setdefault("PROJ_DATA", str(wheel / "proj_data"))
    os.environ.setdefault("GDAL_DATA", str(wheel / "gdal_data"))
    gdal = ctypes.CDLL(str(path))
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
        ("GDALVersionInfo", text, [text]),
        ("GDALAllRegister", None, []),
        ("GDALGetGlobalAlgorithmRegistry", pointer, []),
        ("GDALAlgorithmRegistryInstantiateAlg", pointer, [pointer, text]),
        ("GDALAlgorithmParseCommandLineArguments", ctypes.c_bool, [pointer, ctypes.POINTER(text)]),
        ("GDALAlgorithmRun", ctypes.c_bool, [pointer, pointer, pointer]),
        ("GDALAlgorithmFinalize", ctypes.c_bool, [pointer]),
        ("GDALAlgorithmRelease", None, [pointer]),
    ):
        function = getattr(gdal, name)
        function.restype, function.argtypes = result, arguments
    return gdal


def main(arguments: list) -> int:
    gdal = library()
    if arguments == ["--version"]:
        print(gdal.GDALVersionInfo(b"--version").decode())
        return 0
    gdal.GDALAllRegister()
    algorithm = gdal.GDALAlgorithmRegistryInstantiateAlg(
        gdal.GDALGetGlobalAlgorithmRegistry(), arguments[0].encode())
    if not algorithm:
        print(f"gdal has no command '{arguments[0]}'", file=sys.stderr)
        return 2
    rest = [argument.encode() for argument in arguments[1:]]
    words = (ctypes.c_char_p * (len(rest) + 1))(*rest, None)
    done = (gdal.GDALAlgorithmParseCommandLineArguments(algorithm, words)
            and gdal.GDALAlgorithmRun(algorithm, None, None)
            and gdal.GDALAlgorithmFinalize(algorithm))
    gdal.GDALAlgorithmRelease(algorithm)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
