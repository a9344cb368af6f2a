"""What the module ssl stands on where there is no TLS: its constants, its errors, and contexts that can be set up.

Programs that import ssl for the case that somebody asks for TLS run; whoever asks for it gets an SSLError. There is no
module _ssl, so that programs that look for it know.
"""

import os as _os

OPENSSL_VERSION_NUMBER = 0
OPENSSL_VERSION_INFO = _OPENSSL_API_VERSION = (0, 0, 0, 0, 0)
OPENSSL_VERSION = 'no TLS'
_DEFAULT_CIPHERS = ''
HAS_SNI = HAS_ECDH = HAS_NPN = HAS_ALPN = HAS_SSLv2 = HAS_SSLv3 = HAS_TLSv1 = HAS_TLSv1_1 = HAS_TLSv1_2 = HAS_TLSv1_3 = False
HAS_PSK = HAS_PHA = HAS_TLS_UNIQUE = False


def _constants(prefix, **values):
    globals().update((prefix + name, value) for name, value in values.items())


_constants('ALERT_DESCRIPTION_',
           ACCESS_DENIED=49, BAD_CERTIFICATE=42, BAD_CERTIFICATE_HASH_VALUE=114, BAD_CERTIFICATE_STATUS_RESPONSE=113,
           BAD_RECORD_MAC=20, CERTIFICATE_EXPIRED=45, CERTIFICATE_REVOKED=44, CERTIFICATE_UNKNOWN=46,
           CERTIFICATE_UNOBTAINABLE=111, CLOSE_NOTIFY=0, DECODE_ERROR=50, DECOMPRESSION_FAILURE=30, DECRYPT_ERROR=51,
           HANDSHAKE_FAILURE=40, ILLEGAL_PARAMETER=47, INSUFFICIENT_SECURITY=71, INTERNAL_ERROR=80,
           NO_RENEGOTIATION=100, PROTOCOL_VERSION=70, RECORD_OVERFLOW=22, UNEXPECTED_MESSAGE=10, UNKNOWN_CA=48,
           UNKNOWN_PSK_IDENTITY=115, UNRECOGNIZED_NAME=112, UNSUPPORTED_CERTIFICATE=43, UNSUPPORTED_EXTENSION=110,
           USER_CANCELLED=90)
_constants('CERT_',
           NONE=0, OPTIONAL=1, REQUIRED=2)
_constants('ENCODING_',
           DER=2, PEM=1)
_constants('HOSTFLAG_',
           ALWAYS_CHECK_SUBJECT=1, MULTI_LABEL_WILDCARDS=8, NEVER_CHECK_SUBJECT=32, NO_PARTIAL_WILDCARDS=4,
           NO_WILDCARDS=2, SINGLE_LABEL_SUBDOMAINS=16)
_constants('OP_',
           ALL=2147483728, CIPHER_SERVER_PREFERENCE=4194304, ENABLE_KTLS=8, ENABLE_MIDDLEBOX_COMPAT=1048576,
           IGNORE_UNEXPECTED_EOF=128, LEGACY_SERVER_CONNECT=4, NO_COMPRESSION=131072, NO_RENEGOTIATION=1073741824,
           NO_SSLv2=0, NO_SSLv3=33554432, NO_TICKET=16384, NO_TLSv1=67108864, NO_TLSv1_1=268435456,
           NO_TLSv1_2=134217728, NO_TLSv1_3=536870912, SINGLE_DH_USE=0, SINGLE_ECDH_USE=0)
_constants('PROTOCOL_',
           SSLv23=2, TLS=2, TLS_CLIENT=16, TLS_SERVER=17, TLSv1=3, TLSv1_1=4, TLSv1_2=5)
_constants('PROTO_',
           MAXIMUM_SUPPORTED=-1, MINIMUM_SUPPORTED=-2, SSLv3=768, TLSv1=769, TLSv1_1=770, TLSv1_2=771, TLSv1_3=772)
_constants('SSL_ERROR_',
           EOF=8, INVALID_ERROR_CODE=10, SSL=1, SYSCALL=5, WANT_CONNECT=7, WANT_READ=2, WANT_WRITE=3,
           WANT_X509_LOOKUP=4, ZERO_RETURN=6)
_constants('VERIFY_',
           ALLOW_PROXY_CERTS=64, CRL_CHECK_CHAIN=12, CRL_CHECK_LEAF=4, DEFAULT=0, X509_PARTIAL_CHAIN=524288,
           X509_STRICT=32, X509_TRUSTED_FIRST=32768)


class SSLError(OSError):
    """An error occurred in the SSL implementation."""

    def __str__(self):
        return str(self.strerror if isinstance(self.strerror, str) else self.args)


SSLError.__module__ = 'ssl'


def _error(name, bases, doc):
    return type(name, bases, {'__module__': 'ssl', '__doc__': doc})


SSLZeroReturnError = _error('SSLZeroReturnError', (SSLError,), 'SSL/TLS session closed cleanly.')
SSLWantReadError = _error('SSLWantReadError', (SSLError,),
                          'Non-blocking SSL socket needs to read more data\nbefore the requested operation can be completed.')
SSLWantWriteError = _error('SSLWantWriteError', (SSLError,),
                           'Non-blocking SSL socket needs to write more data\nbefore the requested operation can be completed.')
SSLSyscallError = _error('SSLSyscallError', (SSLError,), 'System error when attempting SSL operation.')
SSLEOFError = _error('SSLEOFError', (SSLError,), 'SSL/TLS connection terminated abruptly.')
SSLCertVerificationError = _error('SSLCertVerificationError', (SSLError, ValueError), 'A certificate could not be verified.')


def _refuse(*args, **keywords):
    raise SSLError(SSL_ERROR_SSL, 'TLS is not available in this interpreter')


def RAND_bytes(n, /):
    """Generate n cryptographically strong pseudo-random bytes."""
    if n < 0:
        raise ValueError('num must be positive')
    return _os.urandom(n)


def RAND_add(string, entropy, /):
    """The system's generator needs no seed."""


def RAND_status():
    """Whether there are enough random bytes."""
    return True


_OBJECTS = [(129, 'serverAuth', 'TLS Web Server Authentication', '1.3.6.1.5.5.7.3.1'),
            (130, 'clientAuth', 'TLS Web Client Authentication', '1.3.6.1.5.5.7.3.2')]


def txt2obj(txt, name=False):
    """The purpose of certificates with that number or, with name, that name."""
    for row in _OBJECTS:
        if txt == row[3] or name and txt in row[1:3]:
            return row
    raise ValueError(f"unknown object '{txt:.100}'")


def nid2obj(nid, /):
    """The purpose of certificates with that index."""
    if nid < 0:
        raise ValueError('NID must be positive')
    for row in _OBJECTS:
        if nid == row[0]:
            return row
    raise ValueError(f'unknown NID {nid}')


def get_default_verify_paths():
    """Variables and places of certificates, as OpenSSL has them."""
    return 'SSL_CERT_FILE', '/usr/lib/ssl/cert.pem', 'SSL_CERT_DIR', '/usr/lib/ssl/certs'


class MemoryBIO:
    """A queue of bytes."""

    def __init__(self):
        self._data = bytearray()
        self._ended = False

    @property
    def pending(self):
        return len(self._data)

    @property
    def eof(self):
        return self._ended and not self._data

    def read(self, size=-1, /):
        if size < 0:
            size = len(self._data)
        data = bytes(self._data[:size])
        del self._data[:size]
        return data

    def write(self, b, /):
        if self._ended:
            raise SSLError('cannot write() after write_eof()')
        data = memoryview(b).tobytes()
        self._data += data
        return len(data)

    def write_eof(self):
        self._ended = True


class SSLSession:
    """There are no sessions."""

    def __new__(cls):
        raise TypeError("cannot create '_ssl.SSLSession' instances")


class _SSLContext:
    """Settings: they can be made, and lead to no connection."""

    def __new__(cls, protocol, /):
        if protocol not in (PROTOCOL_TLS, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, PROTOCOL_TLSv1, PROTOCOL_TLSv1_1, PROTOCOL_TLSv1_2):
            raise ValueError('invalid or unsupported protocol version')
        self = object.__new__(cls)
        client = protocol == PROTOCOL_TLS_CLIENT
        self._settings = {
            'protocol': protocol, 'check_hostname': client, 'verify_mode': CERT_REQUIRED if client else CERT_NONE,
            'verify_flags': VERIFY_X509_TRUSTED_FIRST, 'options': OP_ALL | OP_NO_SSLv3 | OP_NO_COMPRESSION,
            'minimum_version': PROTO_TLSv1_2, 'maximum_version': PROTO_MAXIMUM_SUPPORTED, 'post_handshake_auth': False,
            'keylog_filename': None, 'sni_callback': None, 'num_tickets': 2, '_host_flags': HOSTFLAG_NO_PARTIAL_WILDCARDS,
            '_msg_callback': None, 'security_level': 0,
        }
        return self

    def set_default_verify_paths(self):
        """Nothing is verified, so nothing is read."""

    def cert_store_stats(self):
        return {'x509': 0, 'crl': 0, 'x509_ca': 0}

    def session_stats(self):
        return dict.fromkeys(['number', 'connect', 'connect_good', 'connect_renegotiate', 'accept', 'accept_good',
                              'accept_renegotiate', 'hits', 'misses', 'timeouts', 'cache_full'], 0)

    def get_ca_certs(self, binary_form=False):
        return []

    def get_ciphers(self):
        return []

    def _set_alpn_protocols(self, protos, /):
        """No connection will use them."""

    _wrap_socket = _wrap_bio = load_cert_chain = load_dh_params = load_verify_locations = set_ciphers = _refuse
    set_ecdh_curve = set_psk_client_callback = set_psk_server_callback = _refuse


def _setting(name, read_only=False):
    def get(self):
        return self._settings[name]

    def set(self, value):
        self._settings[name] = value
    return property(get, None if read_only else set)


def _set_mode(self, value):
    if value not in (CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED):
        raise ValueError('invalid value for verify_mode')
    if value == CERT_NONE and self._settings['check_hostname']:
        raise ValueError('Cannot set verify_mode to CERT_NONE when check_hostname is enabled.')
    self._settings['verify_mode'] = value


def _set_check(self, value):
    if value and self._settings['verify_mode'] == CERT_NONE:
        self._settings['verify_mode'] = CERT_REQUIRED
    self._settings['check_hostname'] = bool(value)


for _name in ('verify_flags', 'options', 'minimum_version', 'maximum_version', 'post_handshake_auth', 'keylog_filename',
              'sni_callback', 'num_tickets', '_host_flags', '_msg_callback'):
    setattr(_SSLContext, _name, _setting(_name))
for _name in ('protocol', 'security_level'):
    setattr(_SSLContext, _name, _setting(_name, True))
_SSLContext.verify_mode = _setting('verify_mode').setter(_set_mode)
_SSLContext.check_hostname = _setting('check_hostname').setter(_set_check)
