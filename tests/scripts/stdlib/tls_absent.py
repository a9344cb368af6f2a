# Programs that import ssl for the case that somebody asks for TLS; none does here.
import asyncio
import http.client
import socket
import ssl
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

print(ssl.PROTOCOL_TLS_CLIENT, ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2, ssl.AlertDescription.ALERT_DESCRIPTION_CLOSE_NOTIFY)
print(ssl.OP_NO_TLSv1, ssl.VerifyFlags.VERIFY_X509_STRICT, ssl.Purpose.SERVER_AUTH)
print(ssl.SSLError.__mro__, ssl.SSLCertVerificationError.__mro__, ssl.CertificateError is ssl.SSLCertVerificationError)
print(str(ssl.SSLError(1, 'words')), ssl.SSLError('x'), socket.timeout)
context = ssl.create_default_context()
print(type(context), context.verify_mode, context.check_hostname, context.protocol)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.maximum_version = ssl.TLSVersion.TLSv1_3
context.options |= ssl.OP_NO_RENEGOTIATION
print(context.verify_mode, context.check_hostname, context.maximum_version, bool(context.options & ssl.OP_NO_RENEGOTIATION))
for value in (True, 7):
    context.check_hostname = True
    try:
        context.verify_mode = 0 if value is True else value
    except ValueError as e:
        print(e)
bio = ssl.MemoryBIO()
print(bio.write(b'abc'), bio.pending, bio.read(2), bio.eof, bio.read(), bio.pending)
bio.write_eof()
print(bio.eof, bio.read())
print(len(ssl.RAND_bytes(16)), ssl.RAND_status())


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'ok')

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass                                    # the answer to a hello that happens to look like a request, with its ends closed


server = Server(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f'http://127.0.0.1:{server.server_port}/'
print(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url).read())
connection = http.client.HTTPConnection('127.0.0.1', server.server_port)
connection.request('GET', '/')
print(connection.getresponse().read())
connection.close()

# Nobody who asks for TLS gets a connection: the other side does not speak it here.
def wrapped():
    with socket.create_connection(server.server_address) as plain:
        context.wrap_socket(plain)


for attempt in (wrapped,
                lambda: http.client.HTTPSConnection('127.0.0.1', server.server_port).request('GET', '/'),
                lambda: urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url.replace('http', 'https'))):
    try:
        attempt()
    except OSError as e:
        print(isinstance(getattr(e, 'reason', e), (ssl.SSLError, str)))
    except ValueError as e:
        print('ValueError')


async def main():
    try:
        await asyncio.open_connection('127.0.0.1', server.server_port, ssl=True)
    except OSError as e:
        print(isinstance(e, ssl.SSLError))


asyncio.run(main())
server.shutdown()
server.server_close()
