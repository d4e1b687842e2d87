"""Keys of agencies: what an agency's machine sends as bearer token over HTTP. The gateway is their only writer."""
