"""Four eyes: what a supplier submits about itself is in no answer until a second person accepts just that."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.api.callers import Callers, shaped
from tests.api.principals import app_for, client_as
from tests.contract.build import change_set, stored, supplies
from tracegraph.access import LOCAL, Principal, Role
from tracegraph.composition import open_store
from tracegraph.model import Claim, SourceId
from tracegraph.resources import resource_folder
from tracegraph.services.events import EVENT
from tracegraph.services.importing import read_checked, write_reading
from tracegraph.services.key_makers import behind, makers_of
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import find_key, new_key, rotated
from tracegraph.services.proposals import PROPOSAL
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Beside
from tracegraph.vocabulary import NOT_RETRACTED, Grade, Label

SUPPLIER = "demo-wholesale-01"
LINK: dict[str, Any] = {"seller_id": "demo-plant-klang", "buyer_id": SUPPLIER, "product": "gloves"}
SEEN = "demo-src-daily-gloves"


@pytest.fixture
def callers(store: Store) -> Callers:
    return Callers(store)


def proposal(*rows: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    said = [dict(row) for row in rows or (LINK | {"source_id": SEEN, "grade": "verified"},)]
    return {"submitted_by_supplier": SUPPLIER, "table": "supplies", "rows": said, **more}


def proposed(callers: Callers, who: str = "ab", **more: Any) -> dict[str, Any]:
    response = callers.post(who, "/proposals", proposal(**more))
    assert response.status_code == 201, response.get_json()
    body = shaped("proposal", response)
    assert response.headers["Location"] == body["_links"]["self"]["href"]
    return body


def decide(callers: Callers, who: str | None, body: Mapping[str, Any], word: str = "acceptance", **more: Any) -> Any:
    """Accept or refuse a proposal as it was read."""
    sent = {"content_hash": body["content_hash"], **more}
    etag = f'"{body["version"]}"'
    return callers.post(who, f"/proposals/{body['proposal_id']}/{word}", sent, If_Match=etag)


def links(callers: Callers) -> list[Claim]:
    """Return the claims that tell of the link, in the store, whoever may see them."""
    ends = ("demo-plant-klang/gloves", f"{SUPPLIER}/gloves")
    return [claim for claim in stored(callers.store) if (claim.start.id, claim.end.id) == ends]


def actions(store: Store) -> list[str]:
    found = [row.body["action"] for row in store.page(AUDIT, limit=5_000)]
    return [action for action in found if action.startswith("proposal.")]


# --- one proposal ----------------------------------------------------------------------------------------------------


def test_a_proposal_is_no_claim_before_a_second_person_accepts_it(callers: Callers) -> None:
    before = len(links(callers))
    body = proposed(callers, visibility="network")
    assert (body["state"], body["version"], body["authors"]) == ("open", 1, ["key:ab"])
    assert len(links(callers)) == before
    accepted = decide(callers, "ab-lead", body)
    told = shaped("proposal", accepted)
    assert accepted.status_code == 200
    assert (told["state"], told["version"], told["decided_by"]) == ("accepted", 2, "key:ab-lead")
    assert len(links(callers)) == before + 1
    ((id,),) = [row["claim_ids"] for row in told["result"]["rows"]]
    claim = shaped("claim", callers.get("m", f"/claims/{id}"))
    assert (claim["grade"], claim["source_id"], claim["visibility"]) == ("declared", SEEN, "network")
    assert shaped("proposal", callers.get("m", f"/proposals/{body['proposal_id']}")) == told
    assert actions(callers.store) == ["proposal.create", "proposal.accept"]
    assert [event.body["event"] for event in callers.store.page(EVENT)] == ["claims.changed"]


def test_what_less_sure_rows_say_stays_less_sure(callers: Callers) -> None:
    body = proposed(callers)
    reported = callers.post("ab", "/proposals", proposal(LINK | {"source_id": SEEN, "grade": "reported"})).get_json()
    assert body["content_hash"] != reported["content_hash"]
    ids = decide(callers, "ab-lead", reported).get_json()["result"]["rows"][0]["claim_ids"]
    assert callers.get("ab", f"/claims/{ids[0]}").get_json()["grade"] == "reported"


def test_nobody_accepts_or_refuses_their_own(callers: Callers) -> None:
    body = proposed(callers, "ab-lead")
    for word, more in (("acceptance", {}), ("refusal", {"reason": "No (fictional)."})):
        response = decide(callers, "ab-lead", body, word, **more)
        assert (response.status_code, response.get_json()["code"]) == (403, "forbidden")
    assert decide(callers, "ab", body).status_code == 403  # may not review
    assert decide(callers, None, body).status_code == 401
    assert decide(callers, "m", body).status_code == 403
    assert callers.get("ab", f"/proposals/{body['proposal_id']}").get_json()["state"] == "open"


def test_a_refused_proposal_tells_why_and_may_be_changed(callers: Callers) -> None:
    before = len(links(callers))
    body = proposed(callers)
    refused = shaped("proposal", decide(callers, "ab-lead", body, "refusal", reason="Another plant (fictional)."))
    assert (refused["state"], refused["reason"], refused["result"]) == ("refused", "Another plant (fictional).", None)
    assert decide(callers, "ab-lead", refused).get_json()["code"] == "wrong-state"
    again = callers.put("ab", f"/proposals/{body['proposal_id']}", proposal(), If_Match='"2"')
    told = shaped("proposal", again)
    assert (told["state"], told["version"], told["reason"], again.headers["ETag"]) == ("open", 3, None, '"3"')
    assert len(links(callers)) == before
    assert actions(callers.store) == ["proposal.create", "proposal.refuse", "proposal.change"]


def test_an_edit_voids_what_somebody_was_about_to_accept(callers: Callers) -> None:
    body = proposed(callers)
    path = f"/proposals/{body['proposal_id']}"
    changed = shaped("proposal", callers.put("ab", path, proposal(LINK | {"product": "masks"}), If_Match='"1"'))
    assert changed["content_hash"] != body["content_hash"]
    assert decide(callers, "ab-lead", body).status_code == 412  # the version that they read
    assert decide(callers, "ab-lead", {**changed, "content_hash": body["content_hash"]}).status_code == 412
    assert decide(callers, "ab-lead", {**changed, "version": 1}).status_code == 412
    assert decide(callers, "ab-lead", changed).status_code == 200
    assert callers.put("ab", path, proposal(), If_Match='"3"').get_json()["code"] == "wrong-state"  # it is accepted


def test_who_changed_it_does_not_accept_it_either(callers: Callers) -> None:
    body = proposed(callers)
    path = f"/proposals/{body['proposal_id']}"
    changed = shaped("proposal", callers.put("ab-lead", path, proposal(note="Looked up."), If_Match='"1"'))
    assert changed["authors"] == ["key:ab", "key:ab-lead"]
    assert decide(callers, "ab-lead", changed).status_code == 403


def test_another_region_neither_changes_nor_sees_what_is_not_for_it(callers: Callers) -> None:
    own, shared = proposed(callers), proposed(callers, visibility="network")
    public = proposed(callers, visibility="public")
    seen = {who: [one["proposal_id"] for one in callers.items(who, "/proposals")] for who in ("ab", "m", None)}
    assert set(seen["ab"]) == {own["proposal_id"], shared["proposal_id"], public["proposal_id"]}
    assert set(seen["m"]) == {shared["proposal_id"], public["proposal_id"]}
    assert seen[None] == []  # nobody has looked at it yet
    assert callers.get(None, f"/proposals/{public['proposal_id']}").status_code == 404
    paths = [f"/proposals/{own['proposal_id']}", "/proposals/prop-unknown"]
    told = [callers.get("m", path).get_json()["detail"].replace(path.rsplit("/", 1)[1], "") for path in paths]
    assert told[0] == told[1]
    assert callers.put("m", paths[0], proposal(), If_Match='"1"').status_code == 404
    assert callers.put("m", f"/proposals/{shared['proposal_id']}", proposal(), If_Match='"1"').status_code == 403
    assert decide(callers, "lead", own).status_code == 404
    assert decide(callers, "lead", shared).status_code == 200  # another region's, or the nation's, eyes are as good


def test_proposals_are_listed_by_state_and_supplier(callers: Callers) -> None:
    first = proposed(callers)
    callers.now = "2024-06-02T08:00:00Z"
    second = proposed(callers)
    decide(callers, "ab-lead", first)
    page = shaped("proposal_page", callers.get("ab", "/proposals"))
    assert [one["proposal_id"] for one in page["items"]] == [second["proposal_id"], first["proposal_id"]]
    assert [one["state"] for one in callers.items("ab", "/proposals", state="accepted")] == ["accepted"]
    assert callers.items("ab", "/proposals", supplier="demo-gloves") == []
    assert len(callers.items("ab", "/proposals", supplier=SUPPLIER)) == 2


def test_on_neo4j_too(neo4j_url: str) -> None:
    opened = open_store(neo4j_url)
    try:
        seeds = resource_folder("seeds")
        write_reading(opened, read_checked(opened, [seeds / "reference", seeds / "demo"]), "2024-01-01T00:00:00Z")
        callers = Callers(opened)
        test_a_proposal_is_no_claim_before_a_second_person_accepts_it(callers)
        shared = LINK | {"visibility": "network", "source_id": SEEN, "product": "masks"}
        body = {"table": "supplies", "rows": [shared | {"share": 0.4}]}
        made = callers.post("ab", "/claims", body)
        assert made.status_code == 201
        theirs = callers.post("m", "/claims", {"table": "supplies", "rows": [shared | {"share": 0.1}]})
        assert theirs.get_json()["errors"][-1]["rule"] == "claim-not-yours"
        id = made.headers["Location"].rsplit("/", 1)[1]
        headers = {"Authorization": "Bearer ab", "If-Match": '"1"'}
        assert callers.client.delete(made.headers["Location"], headers=headers).status_code == 200
        assert callers.get("ab", f"/claims/{id}").status_code == 404
    finally:
        opened.close()


# --- a supplier speaks for itself -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("supplies", LINK | {"buyer_id": "demo-gloves"}, "not-about-itself"),
        ("items", {"holder_id": "demo-gloves", "product": "gloves"}, "not-about-itself"),
        ("suppliers", {"supplier_id": "demo-gloves", "name": "X", "country": "SE"}, "not-about-itself"),
        ("supplies", LINK | {"visibility": "public"}, "one-visibility"),
        ("supplies", LINK | {"synlighet": "public"}, "one-visibility"),
        ("supplies", LINK | {"seller_id": "nowhere"}, "unknown-id"),
    ],
)  # fmt: skip
def test_rows_are_about_the_supplier_and_for_one_audience(callers: Callers, table: str, row: Any, rule: str) -> None:
    body = {"submitted_by_supplier": SUPPLIER, "table": table, "rows": [row]}
    response = callers.post("ab", "/proposals", body)
    assert response.status_code == 422
    assert rule in [one["rule"] for one in response.get_json()["errors"]]
    assert callers.store.page(PROPOSAL) == []


def test_a_supplier_describes_itself_in_swedish_as_well(callers: Callers) -> None:
    row = {"leverantör_id": SUPPLIER, "namn": "Demo (fictional)", "land": "SE", "source_id": "own"}
    documents = [{"ref": "own", "title": "Answer to a letter (fictional)", "kind": "own"}]
    body = {"submitted_by_supplier": SUPPLIER, "table": "suppliers", "rows": [row], "documents": documents}
    made = callers.post("ab", "/proposals", body).get_json()
    told = decide(callers, "ab-lead", made).get_json()
    claim = callers.get("ab", f"/claims/{told['result']['rows'][0]['claim_ids'][0]}").get_json()
    assert claim["attributes"]["name"] == "Demo (fictional)"


def test_nobody_proposes_what_they_may_not_write(callers: Callers) -> None:
    assert callers.post("ab", "/proposals", proposal(visibility="region:SE-M")).status_code == 403
    assert callers.post(None, "/proposals", proposal()).status_code == 401
    assert callers.post("ab", "/proposals", proposal(note="mail a.b@c.example")).status_code == 422


def test_what_is_verified_is_not_replaced_by_a_declaration(callers: Callers) -> None:
    """I-01: a supplier neither weakens nor ends what somebody verified; its own word is kept beside it."""
    link = supplies("demo-plant-klang/gloves", f"{SUPPLIER}/gloves", source_id=SourceId(SEEN), grade=Grade.VERIFIED)
    labels = {"demo-plant-klang": Label.FACTORY, SUPPLIER: Label.SUPPLIER}
    callers.store.apply(replace(change_set(link), holders=labels), "2024-03-01T00:00:00Z")
    ends = LINK | {"source_id": SEEN, "valid_to": "2020-01-01"}
    response = callers.post("lead", "/proposals", proposal(ends, visibility="network"))
    assert [one["rule"] for one in response.get_json()["errors"]] == ["better-documented"]
    document = {"ref": "own", "title": "Own (fictional)", "kind": "own"}
    own = proposal(ends | {"source_id": "own"}, documents=[document], visibility="network")
    made = callers.post("lead", "/proposals", own).get_json()
    assert decide(callers, "ab-lead", made).status_code == 200
    kept = [claim for claim in links(callers) if claim.retracted_at == NOT_RETRACTED]
    assert sorted(claim.grade.value for claim in kept) == ["declared", "verified"]


def test_a_thousand_false_links_change_no_answer_before_somebody_looks(callers: Callers) -> None:
    """I-01, in the small: whatever a supplier floods in, answers stay byte for byte what they were."""
    asked = ("/factories/demo-plant-klang/dependent-contracts", "/suppliers/demo-gloves/dependent-contracts")
    before = [callers.get("ab", path).get_json() for path in asked]
    rows = [LINK | {"product": f"false-{n}"} for n in range(500)]
    for _ in range(2):
        assert callers.post("ab", "/proposals", proposal(*rows)).status_code == 201
    assert [callers.get("ab", path).get_json() for path in asked] == before


def test_who_sees_a_proposal_by_a_grant_does_not_decide_on_it(callers: Callers) -> None:
    body = proposed(callers, "m")
    path = f"/proposals/{body['proposal_id']}"
    assert callers.get("granted", path).status_code == 200
    for word, more in (("acceptance", {}), ("refusal", {"reason": "No (fictional)."})):
        response = decide(callers, "granted", body, word, **more)
        assert (response.status_code, "by a grant" in response.get_json()["detail"]) == (403, True)
    assert callers.get("m", path).get_json()["state"] == "open"


# --- persons ---------------------------------------------------------------------------------------------------------


class Persons:
    """Keys, and what becomes of a proposal by one that another decides on."""

    roles = frozenset({Role.REGION_ADMINISTRATOR})
    rights = Rights(roles, "SE-AB")
    now = "2026-01-01T00:00:00Z"

    def __init__(self, store: Store) -> None:
        self.store, self.app, self.tried = store, app_for(store), 0

    def made(self, by: str = "local") -> tuple[str, str]:
        """Return the name and the token of a new key."""
        who = LOCAL if by == "local" else Principal(by, self.roles, "SE-AB")
        key = new_key(who, "fictional", self.rights, self.now, 700, under=behind(self.store, by, self.now))
        self.store.commit(Beside([key.write]), self.now)
        return f"key:{key.write.id}", key.token

    def decides(self, author: str, decider: str) -> int:
        """Return the status of an acceptance."""
        self.tried += 1
        headers = {"Idempotency-Key": f"test-key-{self.tried}"}
        sent = proposal()
        body = client_as(self.app, author).post("/tracegraph/v1/proposals", json=sent, headers=headers).get_json()
        path = f"{body['_links']['self']['href']}/acceptance"
        named = {"content_hash": body["content_hash"]}
        return client_as(self.app, decider).post(path, json=named, headers={**headers, "If-Match": '"1"'}).status_code


@pytest.fixture
def persons(store: Store) -> Persons:
    return Persons(store)


def test_who_made_a_key_is_not_a_second_person_to_it(persons: Persons) -> None:
    admin, admin_token = persons.made()
    made, token = persons.made(admin)
    assert makers_of(persons.store, made) == [admin, "local"]
    assert makers_of(persons.store, "user:somebody") == makers_of(persons.store, "key:unknown") == []
    assert persons.decides(token, admin_token) == 403
    assert persons.decides(admin_token, token) == 403


def test_two_keys_of_one_maker_are_one_person(persons: Persons) -> None:
    admin, _ = persons.made()
    (_, one), (_, other) = persons.made(admin), persons.made(admin)
    assert persons.decides(one, other) == 403
    (_, first), (_, second) = persons.made("user:fictional"), persons.made("user:fictional")
    assert persons.decides(first, second) == 403


def test_a_long_chain_of_keys_makes_no_second_person(persons: Persons) -> None:
    name, first = persons.made()
    for _ in range(8):
        name, token = persons.made(name)
    assert persons.decides(first, token) == 403


def test_who_gave_a_key_another_secret_is_no_second_person_to_it(persons: Persons) -> None:
    name, _ = persons.made()
    other, other_token = persons.made()
    who, under = Principal(other, persons.roles, "SE-AB"), behind(persons.store, other, persons.now)
    turned = rotated(find_key(persons.store, name.removeprefix("key:"), who), who, persons.now, under=under)
    persons.store.commit(Beside([turned.write]), persons.now)
    assert persons.decides(turned.token, other_token) == 403


def test_first_keys_are_persons_of_their_own(persons: Persons) -> None:
    (admin, _), (_, second) = persons.made(), persons.made()
    _, made = persons.made(admin)
    assert persons.decides(made, second) == 200


# --- at once ---------------------------------------------------------------------------------------------------------


def test_two_who_accept_at_once_accept_once(callers: Callers) -> None:
    """C-05: whatever is done at the same time, one acceptance has one effect, and only of what was read."""
    before = len(links(callers))
    body = proposed(callers, visibility="network")
    start = threading.Barrier(4)

    def accept(number: int) -> int:
        start.wait()
        who = ("ab-lead", "lead")[number % 2]
        path = f"/tracegraph/v1/proposals/{body['proposal_id']}/acceptance"
        headers = {"Authorization": f"Bearer {who}", "Idempotency-Key": f"race-key-{number}", "If-Match": '"1"'}
        return callers.client.post(path, json={"content_hash": body["content_hash"]}, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(accept, range(4)))
    assert statuses == [200, 412, 412, 412]
    assert len(links(callers)) == before + 1
    assert actions(callers.store) == ["proposal.create", "proposal.accept"]


@pytest.mark.parametrize("seed", range(6))
def test_edits_and_acceptances_at_once_never_accept_what_was_not_read(callers: Callers, seed: int) -> None:
    """C-05 with edits in between: what is accepted was written by others, and is what its accepter read."""
    chance = random.Random(seed)
    body = proposed(callers, visibility="network")
    path = f"/tracegraph/v1/proposals/{body['proposal_id']}"
    read: dict[str, str] = {}

    def act(number: int) -> tuple[str, int]:
        who = ("ab", "ab-lead", "lead")[number % 3]
        headers = {"Authorization": f"Bearer {who}"}
        now = callers.client.get(path, headers=headers).get_json()
        headers |= {"Idempotency-Key": f"race-key-{number}", "If-Match": f'"{now["version"]}"'}
        if who == "ab" or (who == "ab-lead" and number % 2):
            said = proposal(LINK | {"source_id": SEEN, "share": number / 100}, visibility="network")
            return "edit", callers.client.put(path, json=said, headers=headers).status_code
        read[who] = now["content_hash"]
        sent = {"content_hash": now["content_hash"]}
        return who, callers.client.post(f"{path}/acceptance", json=sent, headers=headers).status_code

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(act, chance.sample(range(24), 24)))
    accepted = [who for who, status in done if who != "edit" and status == 200]
    final = callers.client.get(path, headers={"Authorization": "Bearer ab"}).get_json()
    assert len(accepted) <= 1
    assert {status for _, status in done} <= {200, 403, 409, 412}
    if accepted:
        assert final["state"] == "accepted"
        assert final["decided_by"] == f"key:{accepted[0]}"
        assert final["decided_by"] not in final["authors"]
        assert final["content_hash"] == read[accepted[0]]
        assert actions(callers.store)[-1] == "proposal.accept"
    else:
        assert final["state"] == "open"
    assert actions(callers.store).count("proposal.accept") == len(accepted)
