import asyncio
import gc
import os
import ssl
import urllib.request
import http.client
import http.server
import threading
from _tls import *

# Two queues instead of a socket.
one, two = ssl.MemoryBIO(), ssl.MemoryBIO()
client = client_context().wrap_bio(one, two, server_hostname='localhost')
server = server_context().wrap_bio(two, one, server_side=True)
try:
    server.do_handshake()
except ssl.SSLWantReadError as e:
    print(why(e), two.pending)
ready = set()
while len(ready) < 2:
    for side in client, server:
        try:
            side.do_handshake()
            ready.add(side)
        except ssl.SSLWantReadError:
            pass
print(client.version(), server.version(), client.getpeercert()['subject'][0], server.getpeercert())
print(client.write(b'hello'), server.read(3), server.pending(), server.read())
print(server.write(memoryview(b'back')), client.read(100))
try:
    client.read()
except ssl.SSLWantReadError as e:
    print('nothing there')
try:
    client.unwrap()
except ssl.SSLWantReadError as e:
    print('waits for the other side')
print(server.read(), server.unwrap())
print(client.unwrap())
try:
    client.write(b'late')
except ssl.SSLError as e:
    print(e.reason)
bio = ssl.MemoryBIO()
print(bio.write(b'abc'), bio.pending, bio.eof, bio.read(2), bio.read(), bio.read(5), bio.eof)
bio.write_eof()
print(bio.eof, bio.read())
try:
    bio.write(b'x')
except ssl.SSLError as e:
    print(e, e.args)
# A stream that ends without a word.
one, two = ssl.MemoryBIO(), ssl.MemoryBIO()
client = client_context().wrap_bio(one, two, server_hostname='localhost')
one.write_eof()
try:
    client.do_handshake()
except ssl.SSLEOFError as e:
    print(why(e))


# asyncio.
async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def upgrade(reader, writer):
    writer.write(b'go ahead\n')
    await writer.start_tls(server_context())
    writer.write((await reader.readline())[::-1])
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=server_context(), limit=1 << 20)
    port = server.sockets[0].getsockname()[1]

    async def talk(i):
        reader, writer = await asyncio.open_connection('127.0.0.1', port, ssl=client_context(), server_hostname='localhost')
        writer.write(f'line {i}\n'.encode())
        answer = await reader.readline()
        writer.write(b'x' * 200_000 + b'\n')
        long = await reader.readexactly(200_001)
        peer = writer.get_extra_info('ssl_object').version(), writer.get_extra_info('peercert')['version']
        writer.close()
        await writer.wait_closed()
        return answer, long == b'X' * 200_000 + b'\n', peer

    for answer in await asyncio.gather(*(talk(i) for i in range(5))):
        print(*answer)
    try:
        await asyncio.open_connection('127.0.0.1', port, ssl=client_context(), server_hostname='wrong.example')
    except ssl.SSLCertVerificationError as e:
        print(why(e))
    server.close()
    await server.wait_closed()
    server = await asyncio.start_server(upgrade, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection('127.0.0.1', server.sockets[0].getsockname()[1])
    print(await reader.readline())
    await writer.start_tls(client_context(), server_hostname='localhost')
    writer.write(b'stressed\n')
    print(await reader.read())
    writer.close()
    server.close()


asyncio.run(main())


# HTTPS.
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        body = f'you asked for {self.path}'.encode() * 1000
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        data = self.rfile.read(int(self.headers['Content-Length']))
        self.send_response(200)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
web.socket = server_context().wrap_socket(web.socket, server_side=True)
thread = threading.Thread(target=web.serve_forever)
thread.start()
url = f'https://localhost:{web.server_address[1]}/page'
with urllib.request.urlopen(url, context=client_context()) as r:
    data = r.read()
    print(r.status, len(data), data[:20])
connection = http.client.HTTPSConnection('localhost', web.server_address[1], context=client_context())
for _ in range(2):
    connection.request('POST', '/', b'p' * 300_000)
    print(connection.getresponse().read() == b'p' * 300_000)
connection.close()
try:
    urllib.request.urlopen(url, context=client_context('alone.pem'))
except urllib.error.URLError as e:
    print(why(e.reason))
web.shutdown()
thread.join()
web.server_close()

# The program's variables name the authorities.
os.environ['SSL_CERT_FILE'] = cert('ca.pem')
os.environ['SSL_CERT_DIR'] = cert('nowhere')
context = ssl.create_default_context()
print(context.cert_store_stats(), [c['subject'][-1] for c in context.get_ca_certs()], ssl.get_default_verify_paths().cafile == cert('ca.pem'))
print([len(c) > 100 for c in context.get_ca_certs(True)])

# Who is forgotten gives the descriptor back; so may, meanwhile, somebody from before.
gc.collect()
before = len(os.listdir('/proc/self/fd'))
import warnings
warnings.simplefilter('ignore')
with Server(server_context(), lambda c: c.recv(1), 5) as server:
    for _ in range(5):
        c = server.connect(client_context())
        c.send(b'!')
        del c
gc.collect()
print(server.results, len(os.listdir('/proc/self/fd')) <= before)
