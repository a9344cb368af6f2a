"""A certificate that the program itself trusts, as developers make them, need not look like an authority's, however strict the checks are."""

import ssl
from _tls import *

for flags in ssl.VerifyFlags(0), ssl.VERIFY_X509_STRICT, ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN:
    for name in "development.pem", "alone.pem", "curve.pem":
        with Server(server_context(name), lambda c: c.recv(10)) as server:
            context = client_context(name)
            context.verify_flags = flags
            try:
                with server.connect(context) as c:
                    print(flags, name, c.version())
                    c.sendall(b"hi")
            except ssl.SSLCertVerificationError as e:
                print(flags, name, why(e))
    # An authority's chain is looked at as before.
    with Server(server_context("curve.pem"), lambda c: c.recv(10)) as server:
        context = client_context("ca.pem")
        context.verify_flags = flags
        with server.connect(context) as c:
            c.sendall(b"hi")
context = ssl.create_default_context(cafile=cert("development.pem"))
with Server(server_context("development.pem"), lambda c: c.recv(10)) as server:
    with server.connect(context) as c:
        c.sendall(b"hi")
        print(c.version(), context.verify_flags)
