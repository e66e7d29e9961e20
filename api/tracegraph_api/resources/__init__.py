"""All resources of the API, one blueprint a file."""

from tracegraph_api.resources.factories import resource as factories

#: Every blueprint that the application serves.
RESOURCES = (factories,)
