// Sphinx fetches each found page for its summary, and a browser refuses that for file: pages,
// which would leave all results after the first one out.
if (window.location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
