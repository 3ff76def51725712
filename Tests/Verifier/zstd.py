"""One zstd frame, through the system's libzstd (1.4 or newer): Python's own library has none before 3.14."""

import ctypes
import ctypes.util

from crypto import Unusable
from wire import Malformed

MAGIC = b"\x28\xb5\x2f\xfd"
library = None


def load():
    for name in ("libzstd.so.1", ctypes.util.find_library("zstd")):
        try:
            found = ctypes.CDLL(name) if name else None
        except OSError:
            found = None
        if found:
            size, text = ctypes.c_size_t, ctypes.c_char_p
            found.ZSTD_findFrameCompressedSize.restype, found.ZSTD_findFrameCompressedSize.argtypes = size, [text, size]
            found.ZSTD_getFrameContentSize.restype, found.ZSTD_getFrameContentSize.argtypes = ctypes.c_ulonglong, [text, size]
            found.ZSTD_decompress.restype, found.ZSTD_decompress.argtypes = size, [ctypes.c_void_p, size, text, size]
            return found
    raise Unusable("bodies are compressed with zstd, and libzstd is missing on this machine (Debian: apt install libzstd1)")


def unzstd(data, size):
    """The content of exactly one frame whose header names `size`; `size` was checked against the bound."""
    global library
    library = library or load()
    if not data.startswith(MAGIC) or library.ZSTD_findFrameCompressedSize(data, len(data)) != len(data):
        raise Malformed("the compressed bytes are not one zstd frame")
    if library.ZSTD_getFrameContentSize(data, len(data)) != size:
        raise Malformed("the zstd frame does not hold %d bytes" % size)
    out = ctypes.create_string_buffer(max(size, 1))
    if library.ZSTD_decompress(out, size, data, len(data)) != size:
        raise Malformed("the compressed bytes are broken")
    return out.raw[:size]
