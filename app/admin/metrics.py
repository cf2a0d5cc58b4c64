"""`/metrics` for Prometheus: requests by route, sockets, deliveries that wait, failed jobs, the process."""

from time import perf_counter

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.admin.auth import require_scraper
from app.domain import installation
from app.domain.alarms import failing
from app.domain.outbox import log
from app.kit.web import WorkDep, route_of

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Metrics:
    """One process's figures, in a registry of their own: two apps in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        by = ("method", "route", "status")
        self.requests = Counter(
            "homeroom_http_requests", "HTTP requests answered.", by, registry=self.registry
        )
        self.seconds = Histogram(
            "homeroom_http_request_seconds", "Time to answer, by route.", ("route",), registry=self.registry
        )
        self.sockets = Gauge("homeroom_websockets", "WebSockets open now.", registry=self.registry)
        self.waiting = Gauge(
            "homeroom_deliveries_waiting", "Deliveries not settled yet.", registry=self.registry
        )
        self.failing_jobs = Gauge(
            "homeroom_jobs_failing", "Jobs that failed and are tried again.", registry=self.registry
        )
        self.dead_jobs = Gauge(
            "homeroom_jobs_dead",
            "Jobs that failed too often to be tried by themselves.",
            registry=self.registry,
        )
        self.swept = Gauge(
            "homeroom_retention_last_success_timestamp_seconds",
            "When all that is old enough had been removed the last time; 0: never.",
            registry=self.registry,
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer under its route's template: ids in paths would make a series each."""
        key = method if method in METHODS else "other", route, status
        if key not in self._known:
            counter = self.requests.labels(key[0], route, str(status))
            self._known[key] = counter, self.seconds.labels(route)
        counter, histogram = self._known[key]
        counter.inc()
        histogram.observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)


class Measure:
    """Counts each request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request or socket and note how it went."""
        match scope["type"]:
            case "http":
                await self._request(scope, receive, send)
            case "websocket":
                with self.metrics.sockets.track_inprogress():
                    await self.app(scope, receive, send)
            case _:
                await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        # An exception that leaves the app before an answer began becomes a 500 further out.
        status = [500]

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        started = perf_counter()
        try:
            await self.app(scope, receive, noting)
        finally:
            self.metrics.note(scope["method"], route_of(scope), status[0], perf_counter() - started)


router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response, dependencies=[Depends(require_scraper)])
async def metrics(request: Request, work: WorkDep) -> Response:
    """This process's figures, and those of deliveries and jobs, in Prometheus' text format."""
    kept: Metrics = request.app.state.metrics
    kept.waiting.set(await log.waiting(work))
    failed = await failing.failures(work)
    kept.failing_jobs.set(failed.failing)
    kept.dead_jobs.set(failed.dead)
    known = await installation.known(work)
    kept.swept.set(known.swept_at.timestamp() if known and known.swept_at else 0)
    return Response(kept.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
