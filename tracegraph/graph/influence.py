"""How central a node is in a network of flows: rank scores and input-output figures, none of them a share (pure).

These say something of the network as it is recorded, not of an incident; no status, share or probability rests on them.
Matrices are as in input-output analysis: ``flows[i, j]`` is what i sells to j, in one unit of value (SEK, say).
"""

from __future__ import annotations

from typing import Any, cast

import networkx as nx
import numpy as np
import numpy.typing as npt

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_

Floats = npt.NDArray[np.float64]


def technical_coefficients(flows: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """Return ``A``, ``A[i, j] = flows[i, j] / output[j]``: what j buys from i for each unit of its own output.

    Parameters
    ----------
    flows : array of shape (n, n)
        Sales from row to column, 0 or more.
    output : array of shape (n,)
        Whole output of each, above 0.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, or an output that is not above 0.
    """
    z, x = _checked(flows, output)
    coefficients: Floats = z / x
    return coefficients


def leontief_inverse(coefficients: npt.ArrayLike) -> Floats:
    """Return ``L = (I - A)^-1``, shape (n, n): what each must put out, over all stages, for one unit of final demand.

    Output for final demand f is ``L @ f``; a column's sum is that column's multiplier, at least 1.

    Raises
    ------
    InvalidInput
        The spectral radius of A is 1 or more: each unit would need at least a whole one of itself.

    References
    ----------
    W. Leontief (1936); R. E. Miller and P. D. Blair, Input-Output Analysis (2nd ed., 2009).
    """
    a = np.asarray(coefficients, dtype=np.float64)
    radius = float(np.abs(np.linalg.eigvals(a)).max())
    if radius >= 1:
        raise InvalidInput(
            N_("the coefficients use up at least what they bring forth (spectral radius {radius}): check the flows"),
            radius=f"{radius:.6g}",
        )
    return cast(Floats, np.linalg.inv(np.eye(len(a)) - a))


def upstreamness(flows: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """Return how many stages each lies from final use on average, shape (n,), at least 1: ``(I - D)^-1 1``.

    ``D[i, j] = flows[i, j] / output[i]``, the share of i's output that j buys.

    References
    ----------
    P. Antràs, D. Chor, T. Fally, R. Hillberry, American Economic Review 102 (2012).
    """
    z, x = _checked(flows, output)
    return leontief_inverse(z / x[:, np.newaxis]) @ np.ones(len(x))


def downstreamness(flows: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """Return how many stages of production lie behind each on average, shape (n,), at least 1: ``(I - A')^-1 1``."""
    z, x = _checked(flows, output)
    return leontief_inverse((z / x).T) @ np.ones(len(x))


def influence_vector(graph: nx.DiGraph[Any], alpha: float = 0.5) -> dict[Any, float]:
    """Return how much a shock at each node moves the whole, ``(alpha / n) (I - (1 - alpha) W')^-1 1``; they sum to 1.

    Parameters
    ----------
    graph : networkx.DiGraph
        From buyer to seller; ``weight`` (default 1) is the value bought, divided here by all that the buyer buys.
    alpha : float
        Part of each one's output that it adds itself, in (0, 1).

    Notes
    -----
    Equals `networkx.pagerank` with ``alpha = 1 - alpha``, which is used, to 1e-12. One who buys nothing counts as
    buying from all alike, as in PageRank. A rank score.

    References
    ----------
    D. Acemoglu, V. M. Carvalho, A. Ozdaglar, A. Tahbaz-Salehi, Econometrica 80 (2012).
    """
    return nx.pagerank(graph, alpha=1 - alpha, tol=1e-13, max_iter=1000)


def katz(graph: nx.DiGraph[Any], decay: float) -> dict[Any, float]:
    """Return the sum over all ways from anywhere to each node of ``decay ** length``, each way once, 1 for itself.

    ``(I - decay * A')^-1 1`` by `networkx.katz_centrality_numpy`, not normalised. `decay` lies below 1 over the
    spectral radius. It fades with distance, which tracegraph's figures otherwise never do: a rank score.

    References
    ----------
    L. Katz, Psychometrika 18 (1953).
    """
    return cast(dict[Any, float], nx.katz_centrality_numpy(graph, alpha=decay, beta=1.0, normalized=False))


def katz_from(graph: nx.DiGraph[Any], start: Any, decay: float) -> dict[Any, float]:
    """Return the same over the ways from one node: 1 for itself, 0 where none leads."""
    own = {node: float(node == start) for node in graph}
    return cast(dict[Any, float], nx.katz_centrality_numpy(graph, alpha=decay, beta=own, normalized=False))


def _checked(flows: npt.ArrayLike, output: npt.ArrayLike) -> tuple[Floats, Floats]:
    z, x = np.asarray(flows, dtype=np.float64), np.asarray(output, dtype=np.float64)
    if z.shape != (*x.shape, *x.shape) or x.ndim != 1:
        raise InvalidInput(
            N_("flows have the shape {flows}, outputs {output}: give one output for each row and column of a square"),
            flows=str(z.shape),
            output=str(x.shape),
        )
    if not (x > 0).all():
        raise InvalidInput(N_("an output is {value}: every output is above 0"), value=f"{float(x.min()):.6g}")
    return z, x
