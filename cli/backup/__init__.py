"""A backup: every collection, the newest cycles and participants, and how far each consumer group had come.

The offsets are taken first and the documents after them, from one snapshot: so the documents hold at least
what the offsets say was done. After a restore the services read on from these offsets, and what had happened in
between comes back from the topics; what is done twice changes nothing. Only a mail cannot be taken back: which ones
have gone out is read from their topic.
"""
