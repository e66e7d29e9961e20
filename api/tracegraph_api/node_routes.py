"""The two routes that every kind of node has: the list, and one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from marshmallow import Schema

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.heavy import question
from tracegraph_api.media import CSV
from tracegraph_api.nodes import LIST_QUERY, NODE_QUERY, list_nodes, one_node
from tracegraph_api.operation import Answered, Resource, operation


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of one kind of node.

    Attributes
    ----------
    title, says, pages : str
        Its name, what is in it, and what an answer is; in English, marked with ``N_``.
    shape : str
        Of an answer.
    narrowed_by : sequence of Schema classes
        What narrows it, besides what narrows every list.
    media : sequence of str
        Forms besides JSON.
    """

    title: str
    says: str
    pages: str
    shape: str
    narrowed_by: Sequence[type[Schema]] = ()
    media: Sequence[str] = (CSV,)


def serve_list(resource: Resource, label: Label, told: Listed) -> None:
    """Let a resource list the nodes of a label."""

    def listed(given: Mapping[str, Any]) -> Response:
        """List them."""
        return list_nodes(label, given)

    listed.__name__ = f"list_{resource.name}"
    resource.get("")(
        operation(
            Permission.READ,
            says=(told.title, told.says),
            answers={200: Answered(told.pages, told.shape, media=told.media)},
            query=(*LIST_QUERY, *told.narrowed_by),
        )(listed)
    )


def serve_one(resource: Resource, label: Label, title: str, *, path: str = "/<id>", is_heavy: bool = False) -> None:
    """Let a resource show one node of a label.

    Parameters
    ----------
    resource, label
        Which.
    title : str
        What one is, in English, marked with ``N_``.
    path : str
        Its parts together, with slashes between, are the node's id.
    is_heavy : bool
        Whether it may become a job.
    """
    id_of = path.removeprefix("/").translate(str.maketrans("<>", "{}")).format

    def one(given: Mapping[str, Any], **parts: str) -> Response:
        """Show one."""
        return one_node(label, id_of(**parts), given)

    one.__name__ = f"one_of_{resource.name}"
    resource.get(path)(
        operation(
            Permission.READ,
            says=(
                title,
                N_(
                    "What is said of it, by which source, since when and how well documented; what it is linked with; "
                    "and links to the questions that can be asked about it. With since: what changed between two days."
                ),
            ),
            answers={200: Answered(N_("All that you see of it."), "node")},
            query=NODE_QUERY,
            errors=(404,),
        )(question(one) if is_heavy else one)
    )
