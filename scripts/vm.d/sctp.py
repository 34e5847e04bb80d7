"""One question and one answer over SCTP. `serve PORT` answers for ever; `ask ADDRESS PORT` prints what came back."""

import socket
import sys


def open_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)


def serve(port):
    listener = open_socket()
    listener.bind(("0.0.0.0", port))
    listener.listen()
    while True:
        connection, _ = listener.accept()
        with connection:
            if connection.recv(16) == b"ping":
                connection.sendall(b"pong")


def ask(address, port):
    with open_socket() as connection:
        connection.settimeout(10)
        connection.connect((address, port))
        connection.sendall(b"ping")
        print(connection.recv(16).decode())


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        ask(sys.argv[2], int(sys.argv[3]))
