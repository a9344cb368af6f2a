"""East Asian codecs: `_multibytecodec` and `_cjkcodecs` have the parts."""

import _multibytecodec


def getcodec(name, /):
    """The codec of that name."""
    return _multibytecodec._getcodec("cn", name)
