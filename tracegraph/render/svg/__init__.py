"""Pictures: SVG by the standard library alone, readable without colour, script or mouse."""
