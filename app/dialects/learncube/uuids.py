"""Our ids as UUIDs and back: of a version 4 UUID's 122 free bits 100 are the id, 22 a number with it."""

import uuid

from app.kit.ids import ID_ALPHABET

ID_LENGTH = 20
NUMBERS = 1 << 22
"""Numbers are kept modulo this."""

_LOW_62 = (1 << 62) - 1
_LOW_12 = (1 << 12) - 1


def shown(own_id: str, number: int = 0) -> str:
    """The UUID of an id of ours, and of the number of something in it."""
    value = number % NUMBERS
    for letter in own_id:
        value = value << 5 | ID_ALPHABET.index(letter)
    high, middle, low = value >> 74, value >> 62 & _LOW_12, value & _LOW_62
    return str(uuid.UUID(int=high << 80 | 4 << 76 | middle << 64 | 2 << 62 | low))


def read(text: str) -> tuple[str, int] | None:
    """The id and the number behind a UUID in any of its forms; None where it is none of ours."""
    try:
        whole = uuid.UUID(text)
    except ValueError:
        return None
    if whole.version != 4 or whole.variant != uuid.RFC_4122:  # noqa: PLR2004 - the only version that we make
        return None
    value = (whole.int >> 80) << 74 | (whole.int >> 64 & _LOW_12) << 62 | whole.int & _LOW_62
    letters = [ID_ALPHABET[value >> 5 * place & 31] for place in reversed(range(ID_LENGTH))]
    return "".join(letters), value >> 5 * ID_LENGTH
