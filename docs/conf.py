"""The web edition of the course, built with: sphinx-build -W docs docs/_build/html."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for course_pages, course_math and repository

project = "Read handwritten digits"
author = "The authors of the course"
copyright = "the authors of the course, MIT licence"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "course_pages", "course_math"]
exclude_patterns = ["_build", "pad.ipynb"]  # pad.ipynb is what Voila serves

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
myst_heading_slug_func = "course_pages.heading_anchor"

nb_execution_mode = "off"  # the notebooks are shown with their stored outputs
nb_ipywidgets_js = {}  # or each page would ask other hosts for scripts that draw widgets without a kernel
nb_code_prompt_show = "Show the solution"  # nothing else is folded
nb_code_prompt_hide = "Hide the solution"

default_role = "py:obj"  # single backticks in docstrings: a link where there is something to link to
autodoc_preserve_defaults = True  # as they are written: where the data lie differs from one computer to the next
autodoc_inherit_docstrings = False  # Keras describes its own
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
add_module_names = False
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # attributes are listed, not described a second time

linkcheck_ignore = [r"https://doi\.org/10\.(1080|1109)/"]  # these publishers let no program in

html_theme = "furo"
html_title = "Read handwritten digits"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["scrollable.js"]
html_favicon = "_static/favicon.svg"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0068a3",
        "color-brand-content": "#0068a3",
        "color-link-underline": "#7fb3d1",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6cbcec",
        "color-brand-content": "#6cbcec",
        "color-link-underline": "#3c6f8f",
    },
}
html_math_renderer = "mathml"
html_copy_source = False  # they would be copies of the notebooks
html_show_sphinx = False
