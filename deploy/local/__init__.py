"""The embedded stack: a real Kafka, a real MongoDB, a mail sink and the five services on one machine.

`Stack` (stack.py) starts and stops single components and is what tests and the fault harness use;
`Supervisor` (supervisor.py) keeps a whole stack alive; `python -m deploy.local` is what the Makefile calls.
"""
