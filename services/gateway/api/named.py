"""What a path names, as its shape demands.

A name of another shape names nothing (``problems.install`` answers 404): ``2013-H1|TH-NAVY`` as a cycle must never
become part of the name of a series.
"""

from typing import Annotated

from fastapi import Path

from contracts.codes import CycleId, ParticipantCode

Reporter = Annotated[ParticipantCode, Path()]
OfCycle = Annotated[CycleId, Path()]
