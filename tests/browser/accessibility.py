"""What axe finds in a page, in narrow and wide windows, in light and dark."""

from axe_playwright_python.sync_playwright import Axe

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
OF_COLOUR = {"runOnly": ["color-contrast", "link-in-text-block"]}  # the dark scheme changes no more
# No more is searched for and brought over from the browser: the rest of what axe says takes as long.
NO_MORE = {"resultTypes": ["violations"], "selectors": False}
VIOLATIONS = "options => axe.run(options).then(found => found.violations)"


def faults_on(page, looks, rules=WCAG):
    """What is wrong by `rules` in each of the `looks`: the width of the window, and the scheme."""
    if not page.evaluate("'axe' in window"):
        page.add_init_script(Axe().axe_script)  # so that the pages that follow have it
        page.evaluate(Axe().axe_script)
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("document.getAnimations().forEach(fading => fading.finish())")
        asked = OF_COLOUR if scheme == "dark" else rules
        for fault in page.evaluate(VIOLATIONS, {**asked, **NO_MORE}):
            yield width, scheme, fault["id"], [node["html"] for node in fault["nodes"]]
