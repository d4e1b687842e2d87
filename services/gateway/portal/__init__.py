"""The portal: what focal points, agencies, analysts, the centre and operators see in a browser.

Pages are made on the server. They call the very functions that answer the HTTP interface, with the visitor's own
subject, so that every rule and every access decision stands in one place.
"""
