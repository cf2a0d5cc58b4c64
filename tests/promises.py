"""A fixed budget of odd requests to an operation, each answered as its description promises."""

from collections.abc import Callable, Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

PROMISED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def put_to_the_test(
    requests: st.SearchStrategy[Case],
    cases: int,
    server: Any,
    headers: Mapping[str, str],
    complaint: Callable[[schemathesis.Response], str | None],
) -> None:
    """Send so many of these requests, the same in each run; `complaint` judges the form of a refusal."""

    @settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests)
    def promises_hold(case: Case) -> None:
        answer = case.call(base_url=server.base_url, headers=dict(headers))
        case.validate_response(answer, checks=PROMISED)
        assert complaint(answer) is None, case.as_curl_command()

    promises_hold()
