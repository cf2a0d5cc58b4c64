"""Removes bytes that no file answers for: claim, let go, remove, settle."""

import logging

from app.domain.drive import Doomed, leftovers
from app.kit.store import Store, StoreUnavailable
from app.kit.work import Works

log = logging.getLogger(__name__)


class Sweeper:
    """Looks for what is to be removed from the store."""

    def __init__(self, works: Works, store: Store) -> None:
        self._works = works
        self._store = store

    async def tick(self) -> int:
        """Remove what is due; how many removals were tried."""
        async with self._works.begin() as work:
            due = await leftovers.claim(work)
        if not due:
            return 0
        try:
            # In a store that is another one nothing is there, and what is to be removed would seem gone.
            await self._store.verify()
        except StoreUnavailable as error:
            log.warning("bytes of %s files are removed later: %s", len(due), error)
            return 0
        for doomed in due:
            await self._sweep(doomed)
        return len(due)

    async def _sweep(self, doomed: Doomed) -> None:
        try:
            if doomed.key is None:
                await self._store.delete_all(doomed.tenant_id)
            else:
                await self._store.delete(doomed.key)
        except StoreUnavailable as error:
            log.warning("bytes of %s are removed later: %s", doomed, error)
            return
        except Exception:
            log.exception("bytes of %s could not be removed; tried again when the lease is over", doomed)
            return
        async with self._works.begin() as work:
            await leftovers.settle(work, doomed)
