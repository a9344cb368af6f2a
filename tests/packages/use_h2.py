"""Frames of HTTP/2 and a request of HTTP/1."""


def use():
    import hpack, h2.connection, h2.config, h11

    e = hpack.Encoder()
    d = hpack.Decoder()
    b = e.encode([(':method', 'GET'), ('x', 'y' * 50)])
    c = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    s = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    c.initiate_connection()
    s.initiate_connection()
    ev = s.receive_data(c.data_to_send())
    c.receive_data(s.data_to_send())
    c.send_headers(
        1, [(':method', 'GET'), (':path', '/'), (':scheme', 'https'), (':authority', 'a')], end_stream=True
    )
    ev = s.receive_data(c.data_to_send())
    k = h11.Connection(h11.CLIENT)
    return (
        b.hex(),
        d.decode(b),
        [type(x).__name__ for x in ev],
        k.send(h11.Request(method='GET', target='/', headers=[('Host', 'a')])),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
