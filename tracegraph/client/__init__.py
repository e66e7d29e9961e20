"""Python client of the HTTP API: typed answers, all pages, retries, and what is unchanged is not fetched again.

Examples
--------
>>> from tracegraph.client import Client
>>> with Client("http://127.0.0.1:8000") as tracegraph:  # doctest: +SKIP
...     answer = tracegraph.dependent_contracts(factory="demo-plant-klang", valid_at="2019-02-19")
...     for contract in answer.contracts:
...         print(contract.contract_id, contract.status, contract.direct_suppliers)
"""

from tracegraph.client.answers import Amount, Chain, DependentContract, Exposure, Share, Step
from tracegraph.client.client import Client
from tracegraph.client.errors import ApiError, JobFailed, ServiceUnavailable
from tracegraph.client.rows import Changed, Found, Job, Table
from tracegraph.client.transport import Patience

__all__ = [
    "Amount",
    "ApiError",
    "Chain",
    "Changed",
    "Client",
    "DependentContract",
    "Exposure",
    "Found",
    "Job",
    "JobFailed",
    "Patience",
    "ServiceUnavailable",
    "Share",
    "Step",
    "Table",
]
