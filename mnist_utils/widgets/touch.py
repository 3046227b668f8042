"""Which of the fingers on the page draws: the browser sends the places of all of them in one list, without names."""

import math

Place = tuple[float, float]

SAME_FINGER = 20  # canvas pixels between two messages about one finger; two fingers are never so close


class DrawingFinger:
    """Follow the finger that draws on a square canvas; places and the side of the canvas are in canvas pixels."""

    def __init__(self, side: float):
        self._side = side
        self._fingers: list[Place] = []  # all that touch the page, also beside the canvas
        self._number = 0  # which of them draws
        self.draws = False

    def down(self, fingers: list[Place]) -> Place | None:
        """Take note of a new finger; gives the place where it begins to draw, or None if another one is drawing."""
        before, self._fingers = self._fingers, fingers
        if self.draws and len(fingers) > 1:
            self._number = _nearest(before[self._number], fingers)
            return None
        # A single one is the new one, though it was never heard that the last one had gone.
        on_canvas = [i for i, finger in enumerate(fingers) if all(0 <= value <= self._side for value in finger)]
        self._number = max(
            on_canvas or range(len(fingers)),
            key=lambda i: min((math.dist(fingers[i], old) for old in before), default=0),
        )
        self.draws = True
        return fingers[self._number]

    def move(self, fingers: list[Place]) -> Place | None:
        """Give the place to which the drawing finger has moved; None if none draws."""
        before, self._fingers = self._fingers, fingers
        if not self.draws:
            return None
        if len(fingers) != len(before):  # one elsewhere on the page has come or gone
            self._number = _nearest(before[self._number], fingers)
        return fingers[self._number]

    def up(self, remaining: list[Place]) -> bool:
        """Say whether the drawing finger has gone: whether it is not among those that remain, in a new order."""
        before, self._fingers = self._fingers, remaining
        if not self.draws:
            return False
        last = before[self._number]
        self._number = _nearest(last, remaining) if remaining else 0
        self.draws = bool(remaining) and math.dist(last, remaining[self._number]) <= SAME_FINGER
        return not self.draws

    def stop(self) -> None:
        """Let no finger draw that is on the page now."""
        self.draws = False


def _nearest(place: Place, fingers: list[Place]) -> int:
    """Give the number of the finger that is nearest to a place."""
    return min(range(len(fingers)), key=lambda i: math.dist(place, fingers[i]))
