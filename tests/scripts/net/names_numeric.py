# getnameinfo takes addresses, and looks no name up for one.
import socket

print(socket.getnameinfo(('127.0.0.1', 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
for host in 'localhost', 'no.such.host.invalid', '127.0.0.1.5':
    try:
        print(socket.getnameinfo((host, 80), 0))
    except socket.gaierror as e:
        print(host, e.errno == socket.EAI_NONAME)
