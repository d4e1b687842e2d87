"""The measurements: one folder beside the product, which never imports it. `make bench` runs them all."""
