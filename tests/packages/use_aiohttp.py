"""Server and client: JSON, thirty requests at once, a web socket."""


def use():
    import asyncio, aiohttp
    from aiohttp import web

    async def main():
        async def hello(r):
            return web.json_response({'q': dict(r.query), 'm': r.match_info.get('n')})

        async def ws(r):
            w = web.WebSocketResponse()
            await w.prepare(r)
            async for m in w:
                await w.send_str(m.data[::-1])
            return w

        app = web.Application()
        app.add_routes([web.get('/a/{n}', hello), web.get('/ws', ws)])
        run = web.AppRunner(app)
        await run.setup()
        site = web.TCPSite(run, '127.0.0.1', 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        out = []
        async with aiohttp.ClientSession() as s:
            async with s.get(f'http://127.0.0.1:{port}/a/z?x=1') as r:
                out.append((r.status, await r.json()))
            rs = await asyncio.gather(*[s.get(f'http://127.0.0.1:{port}/a/{i}') for i in range(30)])
            out.append([(await r.json())['m'] for r in rs])
            async with s.ws_connect(f'http://127.0.0.1:{port}/ws') as w:
                await w.send_str('hello')
                out.append((await w.receive()).data)
        await run.cleanup()
        return out

    return asyncio.run(main())


if __name__ == "__main__":
    for part in use():
        print(part)
