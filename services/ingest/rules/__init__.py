"""What ingest decides, as pure functions: values in, values out."""
