"""http.server, socketserver, http.client and urllib over loopback."""
import http.client
import http.server
import json
import socket
import socketserver
import threading
import urllib.error
import urllib.parse
import urllib.request


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/json":
            body = json.dumps(urllib.parse.parse_qs(url.query)).encode()
            self.reply(200, body, **{"Content-Type": "application/json"})
        elif url.path == "/moved":
            self.reply(302, b"", Location="/json?a=moved")
        elif url.path == "/big":
            self.reply(200, b"0123456789" * 100_000)
        else:
            self.send_error(404)

    def do_POST(self):
        n = int(self.headers["Content-Length"])
        self.reply(201, self.rfile.read(n)[::-1], **{"X-Got": self.headers["X-Sent"] or ""})

    def log_message(self, *args):
        pass


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    t = threading.Thread(target=server.serve_forever, args=(0.02,))
    t.start()
    base = "http://127.0.0.1:%d" % server.server_port
    with urllib.request.urlopen(base + "/json?a=1&b=2&a=3", timeout=10) as r:
        print(r.status, r.headers["Content-Type"], json.load(r))
    with urllib.request.urlopen(base + "/moved", timeout=10) as r:
        print(r.status, r.url.replace(base, ""), r.read())
    request = urllib.request.Request(base + "/", b"payload", {"X-Sent": "yes"})
    with urllib.request.urlopen(request, timeout=10) as r:
        print(r.status, r.headers["X-Got"], r.read())
    try:
        urllib.request.urlopen(base + "/nope", timeout=10)
    except urllib.error.HTTPError as e:
        print(e.code, e.reason)
        e.close()

    c = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    for i in range(3):
        c.request("GET", "/json?i=%d" % i)
        r = c.getresponse()
        print(r.status, r.version, r.read())
    c.close()
    answers = []

    def fetch():
        with urllib.request.urlopen(base + "/big", timeout=20) as r:
            answers.append(len(r.read()))

    fetchers = [threading.Thread(target=fetch) for _ in range(4)]
    for f in fetchers:
        f.start()
    for f in fetchers:
        f.join()
    print(answers)
    server.shutdown()
    t.join()


class Upper(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True


with Server(("127.0.0.1", 0), Upper) as server:
    t = threading.Thread(target=server.serve_forever, args=(0.02,))
    t.start()
    with socket.create_connection(server.server_address) as c:
        c.sendall(b"a\nb\n")
        c.shutdown(socket.SHUT_WR)
        print(c.makefile("rb").read())
    server.shutdown()
    t.join()
