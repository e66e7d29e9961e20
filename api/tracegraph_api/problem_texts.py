"""What each kind of problem means and what to do about it: the pages that the addresses in ``type`` lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final

from tracegraph.errors import TracegraphError
from tracegraph.messages import N_
from tracegraph_api.problems import CODES, STATUSES

#: Meaning and remedy by code; a test holds that every code has both.
TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "bad-request": (
        N_("The request cannot be read: its body is no JSON, or a header is not what it should be."),
        N_("Send one JSON value in UTF-8, and the headers as the documentation describes them."),
    ),
    "not-found": (N_("There is nothing at this address."), N_("Start from the links of the API's root.")),
    "method-not-allowed": (
        N_("There is something at this address, but it does not take this method."),
        N_("The header Allow of the answer lists the methods that it takes."),
    ),
    "not-acceptable": (
        N_("The answer cannot be given in the media type that Accept asks for."),
        N_("Ask for application/json, or for one that the documentation names for this address."),
    ),
    "request-timeout": (N_("The request did not arrive in time."), N_("Send it again, over a better connection.")),
    "request-too-slow": (
        N_("The body of the request took too long to arrive."),
        N_("Send it again, over a better connection, or in smaller parts."),
    ),
    "content-too-large": (
        N_("What was sent is larger than a limit allows."),
        N_("Send it in parts; the limits are in x-limitations of the OpenAPI document."),
    ),
    "unsupported-media-type": (
        N_("The body is of a media type that is not read here."),
        N_("Send it in a media type that the documentation names for this address, with the header Content-Type."),
    ),
    "internal-error": (
        N_("Something went wrong in the service; nothing is known about whose fault it is."),
        N_("Ask again later; if it stays so, tell whoever runs the service the request_id of the answer."),
    ),
    "invalid-input": (
        N_("A value breaks a rule: it is not among those allowed, or names something that does not fit."),
        N_("errors says which value, at which place, and which rule; correct it and send the request again."),
    ),
    "dataset-rejected": (
        N_("Files hold rows that break a rule; nothing was written."),
        N_("errors lists every row with file, line, column and remedy; correct them and send the files again."),
    ),
    "unknown-node": (
        N_("There is no node of this id, or none that you may see; the two look the same on purpose."),
        N_("Look for it with search; ids are case-sensitive."),
    ),
    "unknown-claim": (
        N_("There is no claim of this id, or none that you may see."),
        N_("Take the id from the evidence of an answer."),
    ),
    "unknown-import": (
        N_("There is no import of this number, or none that you may see."),
        N_("The list of imports has those that there are."),
    ),
    "unknown-job": (
        N_("There is no job of this id, or it is kept no longer, or it is not yours."),
        N_("Ask the question again; finished jobs are kept for some days."),
    ),
    "incident-withdrawn": (
        N_("The incident was withdrawn. That nothing is exposed to it does not say that no contract depends on it."),
        N_("Ask as it was known before, with known_at, or ask about the plants themselves."),
    ),
    "wrong-state": (
        N_("What is asked for does not fit the state that the thing is in."),
        N_("Read it again; the detail says which state it is in."),
    ),
    "stale-write": (
        N_("Somebody else changed it since you read it; nothing was written."),
        N_("Read it again, decide again, and send the new ETag in If-Match."),
    ),
    "precondition-required": (
        N_("The change does not say which version it is made on."),
        N_("Send the ETag that you read in the header If-Match."),
    ),
    "import-interrupted": (
        N_("An earlier import was cut short and must be finished or given up first."),
        N_("Commit the same files again, or discard that import."),
    ),
    "idempotency-key-missing": (
        N_("A change was sent without a key of your own, or with one that is none."),
        N_("Send Idempotency-Key with 8 to 128 letters, digits and . _ : + / = -, a new one for each change."),
    ),
    "idempotency-key-reused": (
        N_("Two different requests were sent under one key; the second was not done."),
        N_("Use a new key for each change, and the same key only to send the same request again."),
    ),
    "operation-in-progress": (
        N_("The same request, under the same key, is being worked on."),
        N_("Wait some seconds and send it again with the same key: you get its reply."),
    ),
    "token-missing": (
        N_("Nobody may do this without showing who they are."),
        N_("Send an API key or an access token: Authorization: Bearer TOKEN."),
    ),
    "token-invalid": (
        N_("The token is unknown, expired, revoked, or of another service."),
        N_("Get a new one; keys are made by your region's administrator."),
    ),
    "forbidden": (
        N_("You are known, and may not do this."),
        N_("The detail names the permission that is needed; ask your region's administrator for it."),
    ),
    "rate-exceeded": (
        N_("You have asked more often than is allowed."),
        N_("Wait for as many seconds as Retry-After says; RateLimit headers tell beforehand."),
    ),
    "overloaded": (
        N_("There is more to do than can be done at once; your request was not begun."),
        N_("Ask again after Retry-After seconds."),
    ),
    "deadline-passed": (
        N_("It took longer than a request may take; what is slow may still be on its way."),
        N_("Narrow the question, or ask for a job with Prefer: respond-async."),
    ),
    "query-timeout": (
        N_("The store took too long to answer the question."),
        N_("Narrow the question, or ask for a job with Prefer: respond-async."),
    ),
    "store-unavailable": (N_("The store cannot be reached now."), N_("Ask again after Retry-After seconds.")),
    "store-not-ready": (
        N_("The store is not set up for this version of the service."),
        N_("Whoever runs the service brings it up to date; ask again later."),
    ),
    "store-damaged": (
        N_("The store holds something that cannot be; no answer is given rather than a wrong one."),
        N_("Whoever runs the service restores it; ask again later."),
    ),
    "identity-provider-unavailable": (
        N_("The identity provider cannot be reached now, so access tokens cannot be checked."),
        N_("Ask again after Retry-After seconds; API keys work meanwhile."),
    ),
    "audit-unavailable": (
        N_("The audit trail cannot be written now, so nothing was done."),
        N_("Ask again after Retry-After seconds."),
    ),
    "commit-unknown": (
        N_("It is not known whether the change was made: the store went away while it was being written."),
        N_("Send the same request again with the same Idempotency-Key: it is made once at most."),
    ),
}


def codes() -> Mapping[str, HTTPStatus]:
    """Return every code that an answer can have, with its status."""
    ours = {kind.code: STATUSES[kind] for kind in _concrete() if STATUSES[kind] != HTTPStatus.INTERNAL_SERVER_ERROR}
    return {code: HTTPStatus(status) for status, code in CODES.items()} | ours


def _concrete() -> Iterator[type[TracegraphError]]:
    return (kind for kind in STATUSES if kind is not TracegraphError)
