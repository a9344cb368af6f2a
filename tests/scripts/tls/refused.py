import socket
import ssl
from _tls import *

# What is wrong with a certificate is said with OpenSSL's code.
for name, host in ('expired.pem', 'localhost'), ('early.pem', 'localhost'), ('alone.pem', 'localhost'), \
        ('server.pem', 'elsewhere.example.com'), ('server.pem', 'a.b.example.org'), ('server.pem', '127.0.0.2'), \
        ('other.pem', 'localhost'), ('client.pem', 'localhost'):
    with Server(server_context(name), echo) as server:
        try:
            with server.connect(client_context(), host):
                print(name, host, 'was accepted')
        except ssl.SSLCertVerificationError as e:
            print(name, host, why(e), isinstance(e, ValueError))
    print(server.results)
with Server(server_context('curve.pem'), echo) as server:
    try:
        server.connect(client_context('alone.pem'))
    except ssl.SSLCertVerificationError as e:
        print(why(e))
print(server.results)

# A context that trusts nobody; chains whose authority is missing.
with Server(server_context(), echo) as server:
    try:
        server.connect(client_context(None))
    except ssl.SSLCertVerificationError as e:
        print(e.verify_code, e.verify_message)

# A client's certificate that is missing or not trusted. With TLS 1.3 the client hears of it when it reads.
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    for name in (None, 'alone.pem') if version == ssl.TLSVersion.TLSv1_3 else ('alone.pem',):
        context = server_context(verify_mode=ssl.CERT_REQUIRED, maximum_version=version)
        context.load_verify_locations(cert('ca.pem'))
        with Server(context, echo) as server:
            context = client_context()
            if name:
                context.load_cert_chain(cert(name))
            try:
                with server.connect(context) as c:
                    c.recv(1)
                print('not refused')
            except ssl.SSLError as e:
                print(version.name, name, e.reason)
            except OSError as e:
                print(version.name, name, 'reset')
        print([r.partition(' ')[0] for r in server.results])

# Versions that nobody has in common.
for context in client_context(minimum_version=ssl.TLSVersion.TLSv1_3), :
    with Server(server_context(maximum_version=ssl.TLSVersion.TLSv1_2), echo) as server:
        try:
            server.connect(context)
        except ssl.SSLError as e:
            print(why(e))
    print([why.split()[0] for why in server.results])

# A server that speaks no TLS, and clients that do not.
def plain(c):
    c.recv(1000)
    c.sendall(b'220 ready to serve you in plain text\r\n')


with Server(None, plain, wrap=False) as server:
    try:
        server.connect(client_context())
    except ssl.SSLError as e:
        print(e.reason, e.library)
for words in b'GET / HTTP/1.0\r\n\r\n', b'\x00\x01\x02\x03\x04\x05', b'CONNECT example.org:443 HTTP/1.1\r\n\r\n':
    with Server(server_context(), echo) as server:
        with socket.create_connection(server.address, timeout=60) as raw:
            raw.sendall(words)
            try:
                raw.recv(100)
            except ConnectionResetError:
                pass
    print(server.results)

# The stream ends in the middle: of the handshake, of the data, of a record.
with Server(None, lambda c: c.recv(10), wrap=False) as server:
    try:
        server.connect(client_context())
    except (ssl.SSLEOFError, ConnectionResetError) as e:
        print('broken off')


def cut(c):
    c.sendall(b'so far')
    socket.socket(fileno=c.detach()).close()


for ragged in True, False:
    with Server(server_context(), cut) as server:
        with server.connect(client_context(), suppress_ragged_eofs=ragged) as c:
            try:
                print(c.recv(100), c.recv(100))
            except ssl.SSLEOFError as e:
                print(why(e), e.errno == ssl.SSL_ERROR_EOF)
                try:
                    c.send(b'after the end')
                except ssl.SSLEOFError:
                    print('nor can anything be sent')


class Cutter:
    """Passes on so many bytes of what a server sends."""

    def __init__(self, target, most):
        self.target, self.most = target, most

    def __call__(self, c):
        with socket.create_connection(self.target, timeout=60) as far:
            far.sendall(c.recv(10000))
            left = self.most
            while left > 0 and (data := far.recv(min(left, 10000))):
                c.sendall(data)
                left -= len(data)
        return left


for most in 3, 50, 700:
    with Server(server_context(), echo) as server, Server(None, Cutter(server.address, most), wrap=False) as between:
        try:
            between.connect(client_context())
        except ssl.SSLEOFError as e:
            print(most, e.reason)
        except ConnectionResetError:
            print(most, 'UNEXPECTED_EOF_WHILE_READING')

# Bytes are changed on the way: the record does not decrypt.
class Spoiler(Cutter):
    def __call__(self, c):
        with socket.create_connection(self.target, timeout=60) as far:
            far.sendall(c.recv(10000))
            c.sendall(far.recv(10000))
            far.sendall(c.recv(10000))
            data = bytearray(far.recv(10000))
            data[-1] ^= 1
            c.sendall(data)
            c.recv(100)


def one(c):
    c.sendall(b'spoil me')
    c.recv(1)


with Server(server_context(maximum_version=ssl.TLSVersion.TLSv1_2), lambda c: c.recv(1)) as server, \
        Server(None, Spoiler(server.address, 0), wrap=False) as between:
    try:
        between.connect(client_context())
        print('not noticed')
    except ssl.SSLError as e:
        print('noticed')

# What a context refuses.
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
for call in [
    lambda: context.set_ciphers('RC4-MD5'),
    lambda: context.set_ciphers('no such thing'),
    lambda: context.load_cert_chain(cert('nowhere.pem')),
    lambda: context.load_cert_chain(cert('ca.pem')),
    lambda: context.load_cert_chain(cert('curve.pem'), cert('server.pem')),
    lambda: context.load_cert_chain(__file__),
    lambda: context.load_cert_chain(cert('curve.pem'), cert('secret.key'), 5),
    lambda: context.load_cert_chain(cert('curve.pem'), cert('secret.key'), 'x' * 1025),
    lambda: context.load_cert_chain(cert('curve.pem'), cert('secret.key'), lambda: 5),
    lambda: context.load_cert_chain(cert('curve.pem'), cert('secret.key'), lambda: 1 / 0),
    lambda: context.load_verify_locations(),
    lambda: context.load_verify_locations(cert('nowhere.pem')),
    lambda: context.load_verify_locations(__file__),
    lambda: context.load_verify_locations(cadata=''),
    lambda: context.load_verify_locations(cadata='nothing'),
    lambda: context.load_verify_locations(cadata=b'nothing'),
    lambda: context.load_verify_locations(cadata=5),
    lambda: context.load_verify_locations(cadata='\u20ac'),
    lambda: setattr(context, 'verify_mode', ssl.CERT_NONE),
    lambda: setattr(context, 'verify_mode', 7),
    lambda: setattr(context, 'minimum_version', 7),
    lambda: setattr(context, 'sni_callback', print),
    lambda: setattr(server, 'sni_callback', 5),
    lambda: setattr(server, 'num_tickets', -1),
    lambda: setattr(server, 'options', -1),
    lambda: context.wrap_socket(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
    lambda: context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO()),
    lambda: context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname='.x'),
    lambda: context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_side=True, server_hostname='x'),
    lambda: server.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO()),
    lambda: ssl.SSLContext(99),
    lambda: delattr(server, 'check_hostname'),
    lambda: delattr(server, 'num_tickets'),
    lambda: context.set_ecdh_curve('no such curve'),
    lambda: ssl.SSLSession(),
    lambda: ssl._ssl.nid2obj(-1),
    lambda: ssl._ssl.txt2obj('no such object'),
    lambda: ssl.RAND_bytes(-1),
]:
    try:
        print(call())
    except Exception as e:
        print(why(e).replace(CERTS, ''), e.args[0] if isinstance(e, OSError) else '')
