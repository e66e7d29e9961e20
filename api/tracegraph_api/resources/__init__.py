"""All resources of the API, one blueprint a file."""

from tracegraph_api.resources.about import resource as about
from tracegraph_api.resources.audit import resource as audit
from tracegraph_api.resources.chain import resource as chain
from tracegraph_api.resources.changes_feed import resource as changes_feed
from tracegraph_api.resources.claims import resource as claims
from tracegraph_api.resources.comparisons import resource as comparisons
from tracegraph_api.resources.contracts import resource as contracts
from tracegraph_api.resources.countries import resource as countries
from tracegraph_api.resources.depth import resource as depth
from tracegraph_api.resources.documentation import resource as documentation
from tracegraph_api.resources.endpoints import resource as endpoints
from tracegraph_api.resources.exposure_queries import resource as exposure_queries
from tracegraph_api.resources.exposures import resource as exposures
from tracegraph_api.resources.factories import resource as factories
from tracegraph_api.resources.groups import resource as groups
from tracegraph_api.resources.imports import resource as imports
from tracegraph_api.resources.incident_asking import resource as incident_asking
from tracegraph_api.resources.incident_questions import resource as incident_questions
from tracegraph_api.resources.incident_recording import resource as incident_recording
from tracegraph_api.resources.incidents import resource as incidents
from tracegraph_api.resources.items import resource as items
from tracegraph_api.resources.jobs import resource as jobs
from tracegraph_api.resources.keys import me
from tracegraph_api.resources.keys import resource as keys
from tracegraph_api.resources.messages import resource as messages
from tracegraph_api.resources.outages import resource as outages
from tracegraph_api.resources.portfolio import resource as portfolio
from tracegraph_api.resources.proposals import resource as proposals
from tracegraph_api.resources.reference_nodes import categories, products, regions, sources
from tracegraph_api.resources.routes import resource as routes
from tracegraph_api.resources.search import resource as search
from tracegraph_api.resources.stops import resource as stops
from tracegraph_api.resources.subscriptions import resource as subscriptions
from tracegraph_api.resources.suppliers import resource as suppliers
from tracegraph_api.resources.triage import resource as triage
from tracegraph_api.resources.triage_writing import resource as triage_writing

#: Every blueprint that the application serves.
RESOURCES = (
    about,
    documentation,
    factories,
    incidents,
    incident_questions,
    incident_asking,
    incident_recording,
    triage,
    triage_writing,
    suppliers,
    groups,
    items,
    products,
    countries,
    regions,
    categories,
    contracts,
    sources,
    subscriptions,
    endpoints,
    messages,
    keys,
    me,
    audit,
    jobs,
    imports,
    chain,
    depth,
    portfolio,
    exposures,
    routes,
    stops,
    outages,
    exposure_queries,
    claims,
    proposals,
    comparisons,
    changes_feed,
    search,
)
