import pprint
import ssl
from _tls import *

# Versions, names, certificates.
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    def serve(c):
        c.sendall(b'hello from ' + c.version().encode())
        return c.version(), c.getpeercert(), c.server_side, c.recv(100)

    with Server(server_context(), serve) as server:
        context = client_context(minimum_version=version, maximum_version=version)
        with server.connect(context) as c:
            print(c.version(), len(c.cipher()), c.cipher()[1], c.cipher()[2] in (128, 256))
            print(c.recv(100), c.server_hostname, c.server_side, c.session_reused, c.compression())
            c.sendall(b'bye')
            if version == ssl.TLSVersion.TLSv1_3:
                peer = c.getpeercert()
                peer['serialNumber'] = len(peer['serialNumber']) > 10
                pprint.pprint(peer)
                print(c.getpeercert(True) == ssl.PEM_cert_to_DER_cert(open(cert('server.pem')).read()[
                    open(cert('server.pem')).read().index('-----BEGIN CERT'):].split('-----END')[0] + '-----END CERTIFICATE-----\n'))
                print([len(c.get_verified_chain()), len(c.get_unverified_chain())])
                print([type(x) for x in c.get_verified_chain()])
    print(server.results)

# Whoever does not verify sees the certificate, but not as a dictionary.
with Server(server_context('alone.pem'), lambda c: c.recv(1)) as server:
    context = client_context(None)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with server.connect(context, None) as c:
        print(c.getpeercert(), c.getpeercert(True)[:1], c.server_hostname)
        c.send(b'x')
print(server.results)

# One that is trusted by itself; an address as the host; keys of an elliptic curve, under passwords of all kinds.
with Server(server_context('alone.pem'), lambda c: c.recv(1)) as server:
    with server.connect(client_context('alone.pem')) as c:
        c.send(b'y')
print(server.results)
for key, name in ('secret.key', 'curve.pem'), ('older.key', 'server.pem'), ('oldest.key', 'server.pem'):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for password in 'secret', b'secret', bytearray(b'secret'), lambda: 'secret', lambda: b'secret':
        context.load_cert_chain(cert(name), cert(key), password)
    for password in 'wrong', lambda: 'wrong':
        try:
            context.load_cert_chain(cert(name), cert(key), password)
        except ssl.SSLError as e:
            print(type(e), e.library)
    with Server(context, lambda c: c.recv(1)) as server:
        with server.connect(client_context(), '127.0.0.1') as c:
            c.send(b'z')
    print(server.results)

# Application protocols: the server's order counts; without one in common both go on.
for own, theirs in (['h2', 'http/1.1'], ['http/1.1', 'h2']), (['h2'], ['spdy/3']), ([], ['h2']), (['h2'], []):
    context = server_context()
    if own:
        context.set_alpn_protocols(own)
    with Server(context, lambda c: (c.selected_alpn_protocol(), c.recv(1))) as server:
        context = client_context()
        if theirs:
            context.set_alpn_protocols(theirs)
        with server.connect(context) as c:
            print(c.selected_alpn_protocol())
            c.send(b'a')
    print(server.results)

# The callback for names puts another context in place, or refuses.
asked = []
second = server_context('other.pem')


def by_name(connection, name, context):
    asked.append((type(connection).__name__, name, context is first))
    if name == 'other.example.net':
        connection.context = second
    elif name == 'nobody.example.org':
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME


first = server_context()
first.sni_callback = by_name
with Server(first, lambda c: c.recv(1), 4) as server:
    for host in 'localhost', 'other.example.net', 'nobody.example.org', 'any.example.org':
        try:
            with server.connect(client_context(), host) as c:
                print(c.getpeercert()['subject'][-1])
                c.send(b's')
        except ssl.SSLError as e:
            print(why(e))
print(server.results, asked)

# Certificates of clients.
for mode in ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED:
    for name in None, 'client.pem':
        context = server_context(verify_mode=mode)
        context.load_verify_locations(cert('ca.pem'))

        def serve(c):
            c.send(b'!')
            peer = c.getpeercert()
            return peer and peer['subject'], c.recv(1)

        with Server(context, serve) as server:
            context = client_context()
            if name:
                context.load_cert_chain(cert(name))
            try:
                with server.connect(context) as c:
                    print(c.recv(1))
                    c.send(b'c')
            except OSError as e:
                print(why(e))
        print(mode, name, server.results)

# A server with certificates for two kinds of keys; the curve that keys are agreed upon with.
context = server_context('server.pem')
context.load_cert_chain(cert('curve.pem'))
with Server(context, lambda c: c.recv(1), 3) as server:
    for ciphers in 'ECDHE+aRSA', 'ECDHE+aECDSA', 'ECDHE':
        mine = client_context(maximum_version=ssl.TLSVersion.TLSv1_2)
        mine.set_ciphers(ciphers)
        with server.connect(mine) as c:
            print(c.cipher()[0].split('-')[1], len(c.get_unverified_chain()))
            c.send(b'k')
print(server.results)
for curves in ('prime256v1', 'prime256v1'), ('prime256v1', 'secp384r1'):
    context, mine = server_context(maximum_version=ssl.TLSVersion.TLSv1_2), client_context()
    context.set_ecdh_curve(curves[0])
    mine.set_ciphers('ECDHE')
    mine.set_ecdh_curve(curves[1])
    with Server(context, lambda c: c.recv(1)) as server:
        try:
            with server.connect(mine) as c:
                c.send(b'e')
        except ssl.SSLError as e:
            print(e.reason)
    print([str(r)[:8] for r in server.results])

# Sessions (TLS 1.2).
context = client_context(maximum_version=ssl.TLSVersion.TLSv1_2)
theirs = server_context()
with Server(theirs, lambda c: (c.session_reused, c.recv(1)), 4) as server:
    seen = []
    for session in None, 'first', None, 'first':
        if session:
            session = seen[0]
        with server.connect(context, session=session) as c:
            seen.append(c.session)
            print(c.session_reused, bool(c.session.id), c.session == seen[0], c.session.has_ticket, c.session.timeout)
            c.send(b'r')
    try:
        client_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname='localhost', session=seen[0])
    except ValueError as e:
        print(e)
print(server.results)
print({k: v for k, v in theirs.session_stats().items() if v}, {k: v for k, v in context.session_stats().items() if v})

# From TLS to plain text and back.
def serve(c):
    data = [c.recv(100)]
    raw = c.unwrap()
    data.append(raw.recv(100))
    raw.sendall(b'plain answer')
    with theirs.wrap_socket(raw, server_side=True) as c:
        data.append(c.recv(100))
        c.sendall(b'secret answer')
    return data


with Server(theirs, serve) as server:
    c = server.connect(client_context())
    c.sendall(b'secret')
    raw = c.unwrap()
    raw.sendall(b'plain')
    print(raw.recv(100))
    with client_context().wrap_socket(raw, server_hostname='localhost') as c:
        c.sendall(b'again')
        print(c.recv(100), c.recv(100))
print(server.results)
