"""Views that know no step: heat map, live curves, tables, forms."""
