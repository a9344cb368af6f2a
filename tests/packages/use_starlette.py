"""An application under its test client."""


def use():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    async def h(r):
        return JSONResponse({'x': r.path_params, 'q': dict(r.query_params), 'b': (await r.body()).decode()})

    c = TestClient(Starlette(routes=[Route('/p/{n:int}', h, methods=['GET', 'POST'])]))
    return c.get('/p/3?a=1').json(), c.post('/p/4', content=b'zz').json(), c.get('/nope').status_code


if __name__ == "__main__":
    for part in use():
        print(part)
