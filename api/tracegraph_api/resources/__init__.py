"""All resources of the API, one blueprint a file."""

from tracegraph_api.resources.about import resource as about
from tracegraph_api.resources.factories import resource as factories

#: Every blueprint that the application serves.
RESOURCES = (about, factories)
