// What scrolls sideways, as code does that is too wide for the page, can be reached and scrolled by keyboard.
function reachScrollable() {
  for (const block of document.querySelectorAll("pre, .table-wrapper, .math")) {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
  }
}
addEventListener("load", reachScrollable);
addEventListener("resize", reachScrollable);
addEventListener("toggle", reachScrollable, true); // a solution that unfolds
