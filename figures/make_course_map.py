"""Make course_map.svg: the notebooks as stops of a line, and what goes from each to the next.

PYTHONPATH=. python figures/make_course_map.py
"""

from style import BLUE, GREY, INK, new_picture, save, write

# Number and title, what happens to the learner's network there (nothing before 02), what goes on to the next stop.
STOPS = [
    ("00", "Start here", "", "how a notebook works"),
    ("01", "Explore the data", "", "images to learn from"),
    ("02", "Build the CNN", "built", "an untrained network"),
    ("03", "Train the CNN", "trained", "a trained network, saved in runs/mine"),
    ("04", "Evaluate per digit", "measured", "what it gets wrong"),
    ("05", "Draw and predict", "drawn for", "digits by your own hand"),
    ("06", "Explain predictions", "explained", "what it looks at"),
    ("07", "When to trust it", "doubted", "when to say: I don't know"),
    ("08", "Ensembles and beyond", "sent to a phone", ""),
]
FIRST_OF_YOURS = 2
STEP = 0.72  # inches from stop to stop
WIDTH, HEIGHT = 7.0, len(STOPS) * STEP + 0.1
LINE, TITLE, FATE = 0.55, 0.95, 4.95  # x of the line, of the titles, of what happens to the network


def place(stop: float) -> float:
    """The height of a stop in the picture."""
    return HEIGHT - 0.4 - stop * STEP


def draw() -> None:
    """Draw the map and write it beside the notebooks."""
    axes = new_picture(WIDTH, HEIGHT)
    last = len(STOPS) - 1
    axes.plot([LINE, LINE], [place(0), place(FIRST_OF_YOURS)], color=GREY, linewidth=5, zorder=1)
    axes.plot([LINE, LINE], [place(FIRST_OF_YOURS), place(last)], color=BLUE, linewidth=9, zorder=1)
    write(axes, FATE, place(FIRST_OF_YOURS - 0.5), "Your network is", colour=BLUE, ha="left", weight="bold")
    for stop, (number, title, fate, goes_on) in enumerate(STOPS):
        colour = BLUE if fate else GREY
        axes.plot(LINE, place(stop), "o", markersize=19, color="white", markeredgecolor=colour, markeredgewidth=3)
        write(axes, LINE, place(stop) - 0.01, number, size=9.5, weight="bold")
        write(axes, TITLE, place(stop), title, size=14, ha="left", weight="bold")
        write(axes, FATE, place(stop), fate, size=14, ha="left", colour=BLUE)
        if goes_on:
            write(axes, TITLE, place(stop + 0.5), f"\N{DOWNWARDS ARROW} {goes_on}", size=12, ha="left", colour=INK)
    save(axes, "course_map")


if __name__ == "__main__":
    draw()
