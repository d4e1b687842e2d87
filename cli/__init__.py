"""The `vrs` command: thin, over contracts, the HTTP interface and the broker. Each subcommand has a module."""
