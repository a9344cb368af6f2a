"""A session with a server in another thread."""


def use():
    import http.server, threading, requests, json

    class H(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_GET(s):
            b = json.dumps({'p': s.path, 'h': s.headers.get('X-A')}).encode()
            s.send_response(200)
            s.send_header('Content-Length', str(len(b)))
            s.send_header('Set-Cookie', 'k=v')
            s.end_headers()
            s.wfile.write(b)

        def do_POST(s):
            b = s.rfile.read(int(s.headers['Content-Length']))
            s.send_response(201)
            s.send_header('Content-Length', str(len(b)))
            s.end_headers()
            s.wfile.write(b)

        def log_message(s, *a):
            pass

    srv = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H)
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    u = f'http://127.0.0.1:{srv.server_port}'
    with requests.Session() as s:
        s.trust_env = False
        r = s.get(u + '/x', params={'a': 'ü'}, headers={'X-A': '1'})
        p = s.post(u, json={'a': [1]})
        q = s.post(u, files={'f': ('n.txt', b'data')})
        out = [r.json(), r.status_code, dict(s.cookies), p.text, p.status_code, len(q.content) > 100]
        try:
            s.get('http://127.0.0.1:1/', timeout=2)
        except requests.ConnectionError as e:
            out.append(type(e).__name__)
    import urllib3

    h = urllib3.PoolManager()
    out.append(h.request('GET', u + '/u').status)
    srv.shutdown()
    return out


if __name__ == "__main__":
    for part in use():
        print(part)
