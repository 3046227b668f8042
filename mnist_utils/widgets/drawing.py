"""The strokes of a drawing, with what they were before: undo, redo and erasing."""

import numpy as np

Stroke = list[tuple[float, float]]  # (x, y) in CSS pixels, x right, y down
SLIP = 3  # CSS pixels that a hand may move in a tap: without it, a slip on an empty pad would be enlarged to a digit


class Drawing:
    """Strokes that grow point by point; each change can be undone, and done again until there is another one."""

    def __init__(self, strokes: list[Stroke] | None = None):
        strokes = strokes or []
        self._states = [strokes[:count] for count in range(len(strokes) + 1)]  # as if drawn one after the other
        self._now = len(strokes)

    @property
    def strokes(self) -> list[Stroke]:
        """What is drawn now."""
        return self._states[self._now]

    def begin(self, x: float, y: float) -> None:
        """Begin a stroke."""
        self._change([*self.strokes, [(x, y)]])

    def go_on(self, x: float, y: float) -> bool:
        """Go on with the last stroke; says whether that is another place, and no slip of a tap."""
        stroke = self.strokes[-1]
        if (x, y) == stroke[-1] or (len(stroke) == 1 and distance(stroke, x, y) < SLIP):
            return False
        stroke.append((x, y))
        return True

    def erase(self, x: float, y: float, reach: float) -> bool:
        """Take away whole strokes that come so near to a place; says whether there are any."""
        left = [stroke for stroke in self.strokes if distance(stroke, x, y) > reach]
        if len(left) == len(self.strokes):
            return False
        self._change(left)
        return True

    def clear(self) -> None:
        """Take all strokes away."""
        if self.strokes:
            self._change([])

    def undo(self) -> None:
        """Go back to what was before the last change, if there was one."""
        self._now = max(self._now - 1, 0)

    def redo(self) -> None:
        """Change again what was undone, if anything."""
        self._now = min(self._now + 1, len(self._states) - 1)

    def _change(self, strokes: list[Stroke]) -> None:
        self._states[self._now + 1 :] = [strokes]
        self._now += 1


def distance(stroke: Stroke, x: float, y: float) -> float:
    """How far a place is from a stroke's line."""
    points = np.array(stroke) - (x, y)
    starts, along = points[:-1], np.diff(points, axis=0)
    squared = (along**2).sum(axis=1).clip(min=1e-9)
    nearest = (-(starts * along).sum(axis=1) / squared).clip(0, 1)[:, None]
    return float(np.hypot(*np.concatenate([points[:1], starts + nearest * along]).T).min())
