"""The HTTP interface: takes returns in, publishes them, and reads the other services' stores. Writes no store."""
