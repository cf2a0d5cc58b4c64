"""What the machine's name server says, in the test's hands; literal addresses are read as ever."""

import socket
from dataclasses import dataclass, field
from typing import Any

ASK = socket.getaddrinfo


@dataclass
class NameServer:
    """Of each name the answers in turn, the last one again and again; other names are unknown."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def getaddrinfo(
        self, host: Any, port: Any, family: int = 0, kind: int = 0, protocol: int = 0, flags: int = 0
    ) -> list[Any]:
        """Stand in for `socket.getaddrinfo`, on which the event loop's look-up rests."""

        def literal(address: Any) -> list[Any]:
            return ASK(address, port, family, kind, protocol, socket.AI_NUMERICHOST)

        try:
            return literal(host)
        except socket.gaierror:
            if flags & socket.AI_NUMERICHOST or host not in self.answers:
                raise
        self.asked.append(host)
        answers = self.answers[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [found for address in addresses for found in literal(address)]
