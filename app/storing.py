"""Opens the store of files that the settings name, and makes sure that it is the one of the database.

The store bears a name of its own, which the database knows. A process that was given another store (a worker
without the setting, a folder that is not shared, a disk that is not mounted) would find no bytes there: it
would answer that files are lost, and take for removed what still lies in the other.
"""

import logging
from typing import Final

from app.database import Address, one_work
from app.domain import installation
from app.domain.drive import queries as drive
from app.domain.installation.tables import Installation
from app.kit import ids
from app.kit.accounts import DatabaseTrouble
from app.kit.store import MARK, Store, StoreMisset, StoreUnavailable
from app.kit.turns import take_turn
from app.kit.work import Work
from app.settings import Settings

SAMPLE: Final = 3
"""So many files are looked for in a store when it gets its name."""
HELP: Final = (
    "Give every process the same HOMEROOM_FILES_URL, or the same folder; if the files were moved here, "
    "say so with `homeroom files adopt`."
)

log = logging.getLogger(__name__)


def opened(settings: Settings) -> Store:
    """The store of files, whichever it is."""
    return Store.opened(settings.files_url, settings.data_dir / "files")


async def of_database(settings: Settings, address: Address) -> Store:
    """The store of files; DatabaseTrouble where it is not the one of the database, or misset.

    One that is away for now stands in nobody's way: it is looked at before it is used.
    """
    store = opened(settings)
    if not store.lasts:
        return store
    held = await one_work(address, installation.known)
    named = held.files_mark if held else None
    if named is not None:
        store.expect(named)
    try:
        if named is None:
            held = await one_work(address, lambda work: _named(work, store))
            store.expect(held.files_mark or "")
        await store.verify()
    except StoreMisset as error:
        raise DatabaseTrouble(f"{_sentence(error)} {_belongs(held, store)}{HELP}") from error
    except StoreUnavailable as error:
        log.warning("files cannot be read or written now: %s", error)
    return store


async def adopt(settings: Settings, address: Address) -> str:
    """Have the database belong to the store of these settings from now on; where that is."""
    store = opened(settings)
    try:
        mark = await store.mark()
        if mark is None:
            mark = ids.new_hex()
            await store.write_mark(mark)
    except StoreUnavailable as error:
        raise DatabaseTrouble(_sentence(error)) from error
    await one_work(address, lambda work: installation.name_store(work, mark, store.place, anew=True))
    return store.place


async def _named(work: Work, store: Store) -> Installation:
    """Give the store its name, and have the database know it.

    A transaction is open across the network here, once in the life of a database: of two processes that begin
    together with different stores one has to wait, and find out.
    """
    await take_turn(work, MARK)
    held = await installation.known(work)
    if held is not None and held.files_mark is not None:
        return held
    mark = await store.mark()
    if mark is None:
        # Older versions gave no names. Where none of the files is there it is another store.
        keys = await drive.some_keys(work, SAMPLE)
        if keys and not any([await store.exists(key) for key in keys]):
            raise StoreMisset(f"{store.place} has none of the files of this database")
        mark = ids.new_hex()
        await store.write_mark(mark)
    return await installation.name_store(work, mark, store.place)


def _belongs(held: Installation | None, store: Store) -> str:
    if held is None or not held.files_place or held.files_place == store.place:
        return ""
    return f"They were put into {held.files_place}. "


def _sentence(error: StoreUnavailable) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
