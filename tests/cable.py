"""A cable between a browser and the server, which a test can cut and mend."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit


class Cable:
    """Relays connections to a server; while it is cut there are none, and none come about."""

    def __init__(self, base_url: str) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = urlsplit(base_url).port
        self._ends: list[socket.socket] = []
        self._is_cut = False
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Drop every connection and let none through, as a dead network does."""
        self._is_cut = True
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def run(self) -> None:
        """Relay until the listener is closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._port))
                self._ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    Thread(target=_pump, args=(source, target), daemon=True).start()

    def stop(self) -> None:
        """Take the cable out."""
        self.cut()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
    source.close()


@contextmanager
def laid(base_url: str) -> Iterator[Cable]:
    """A cable to the server at this address."""
    cable = Cable(base_url)
    thread = Thread(target=cable.run)
    thread.start()
    try:
        yield cable
    finally:
        cable.stop()
        thread.join()
