"""The register as one writes it first, over the same tables and with the same packages: nothing is kept."""
