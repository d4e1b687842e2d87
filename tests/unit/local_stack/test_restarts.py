"""How long the supervisor waits before it starts again what exits."""

from __future__ import annotations

from deploy.local.supervisor import Restart


def test_the_pause_grows_while_it_keeps_exiting_and_has_an_end() -> None:
    restart = Restart()
    now, pauses = 100.0, []
    for _ in range(7):
        pause = restart.note_exit(now)
        pauses.append(pause)
        now += pause + 1
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_after_a_calm_time_an_exit_counts_as_the_first() -> None:
    restart = Restart()
    restart.note_exit(100.0)
    restart.note_exit(101.0)
    assert restart.note_exit(200.0) == 0.5
