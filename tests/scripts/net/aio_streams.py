"""asyncio over loopback: streams, datagrams, executors, subprocesses, signals, time-outs."""
import asyncio
import concurrent.futures
import os
import signal
import socket
import sys
import tempfile
import threading


async def handle(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(address, i):
    reader, writer = await asyncio.open_connection(*address)
    out = []
    for j in range(3):
        writer.write(b"line %d of %d\n" % (j, i))
        await writer.drain()
        out.append(await reader.readline())
    writer.write_eof()
    rest = await reader.read()
    writer.close()
    await writer.wait_closed()
    return out, rest


async def streams():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    async with server:
        results = await asyncio.gather(*(ask(address, i) for i in range(10)))
    print(all(r == ([b"LINE %d OF %d\n" % (j, i) for j in range(3)], b"") for i, r in enumerate(results)))
    print(server.is_serving())


async def unix_streams():
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "s")
        async with await asyncio.start_unix_server(handle, path):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"over a local socket\n")
            print(await reader.readuntil())
            writer.close()


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data[::-1], addr)


class Ask(asyncio.DatagramProtocol):
    def __init__(self, done):
        self.done = done

    def connection_made(self, transport):
        transport.sendto(b"datagram")

    def datagram_received(self, data, addr):
        self.done.set_result(data)


async def datagrams():
    loop = asyncio.get_running_loop()
    server, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    done = loop.create_future()
    client, _ = await loop.create_datagram_endpoint(lambda: Ask(done), remote_addr=server.get_extra_info("sockname"))
    print(await asyncio.wait_for(done, 5))
    client.close()
    server.close()


async def low_level():
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        client = socket.socket()
        client.setblocking(False)
        accepted = asyncio.ensure_future(loop.sock_accept(server))
        await loop.sock_connect(client, server.getsockname())
        conn, _ = await accepted
        blob = b"x" * 3_000_000
        sending = asyncio.ensure_future(loop.sock_sendall(client, blob))
        n = 0
        while n < len(blob):
            n += len(await loop.sock_recv(conn, 1 << 16))
        await sending
        print(n)
        client.close()
        conn.close()
    print((await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))[0][4])


async def executors():
    loop = asyncio.get_running_loop()
    me = threading.get_ident()
    print(await asyncio.to_thread(lambda a, b: (a + b, threading.get_ident() != me), 2, b=3))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, pow, 2, n) for n in range(6))))
    try:
        await asyncio.to_thread(int, "x")
    except ValueError as e:
        print(e)
    done = asyncio.Event()
    t = threading.Thread(target=lambda: loop.call_soon_threadsafe(done.set))
    t.start()
    await asyncio.wait_for(done.wait(), 5)
    t.join()
    future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "from here"), loop)
    print(await asyncio.wrap_future(future))


async def limits():
    try:
        async with asyncio.timeout(0.02):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timeout")
    try:
        await asyncio.wait_for(asyncio.Event().wait(), 0.02)
    except TimeoutError:
        print("wait_for")
    async def fail():
        raise ValueError("one")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(10))
            group.create_task(fail())
    except* ValueError as e:
        print(e.exceptions)
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    server.close()
    await server.wait_closed()
    # While this socket has the port nobody else can listen there.
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        try:
            await asyncio.open_connection(*address)
        except OSError as e:
            print(type(e).__name__)


async def signals():
    loop = asyncio.get_running_loop()
    hit = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, hit.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(hit.wait(), 5)
    print("signal", loop.remove_signal_handler(signal.SIGUSR1))


async def subprocesses():
    p = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    print(await p.communicate(b"through cat"), p.returncode)
    p = await asyncio.create_subprocess_shell("echo out; echo err >&2; exit 3", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    print(await p.communicate(), p.returncode)
    p = await asyncio.create_subprocess_exec("sleep", "30")
    p.terminate()
    print(await p.wait())


async def pipes():
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(r, "rb"))
    os.write(w, b"piped")
    os.close(w)
    print(await reader.read())


async def main():
    for part in (streams, unix_streams, datagrams, low_level, executors, limits, signals, subprocesses, pipes):
        print(part.__name__)
        await part()
    print(len(asyncio.all_tasks()), asyncio.current_task().get_name() != "")


asyncio.run(main())
with asyncio.Runner(debug=True) as runner:
    print(runner.run(asyncio.sleep(0, "debug")), runner.get_loop().get_debug())
