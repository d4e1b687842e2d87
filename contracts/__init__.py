"""What two services must agree on, and nothing else: shapes, names, codes and reference data.

Imports only pydantic and the standard library, so that an agency or a tool can use it alone.
"""
