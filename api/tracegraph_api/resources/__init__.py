"""All resources of the API, one blueprint a file."""

from tracegraph_api.resources.about import resource as about
from tracegraph_api.resources.categories import resource as categories
from tracegraph_api.resources.contracts import resource as contracts
from tracegraph_api.resources.countries import resource as countries
from tracegraph_api.resources.factories import resource as factories
from tracegraph_api.resources.groups import resource as groups
from tracegraph_api.resources.items import resource as items
from tracegraph_api.resources.products import resource as products
from tracegraph_api.resources.regions import resource as regions
from tracegraph_api.resources.sources import resource as sources
from tracegraph_api.resources.suppliers import resource as suppliers

#: Every blueprint that the application serves.
RESOURCES = (
    about,
    factories,
    suppliers,
    groups,
    items,
    products,
    countries,
    regions,
    categories,
    contracts,
    sources,
)
