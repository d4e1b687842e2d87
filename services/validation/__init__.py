"""Judges what ingest has recorded: a pure function of the event and the reference data, in any number of workers."""
