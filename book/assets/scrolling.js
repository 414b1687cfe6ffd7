// A box that scrolls sideways must be reachable with the keyboard; the theme sees to code, but not
// to every printed output, this to formulas, claim tables and what a cell printed.
function letFocus() {
  for (const box of document.querySelectorAll("pre")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
    }
  }
  for (const box of document.querySelectorAll(".katex-display, .cell_output .text_html")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
    } else {
      box.removeAttribute("tabindex");
    }
  }
}
window.addEventListener("load", letFocus);
window.addEventListener("resize", letFocus);
document.fonts.ready.then(letFocus);
