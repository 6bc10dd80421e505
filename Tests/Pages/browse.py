#!/usr/bin/env python3
"""Moves the sliders of zoo's pages in a real browser engine, and looks at what comes of it.

    python3 Tests/Pages/browse.py page.html… [--picture screenshot.png]

Needs Qt's Chromium: pip install PySide6_WebEngine PySide6_Essentials PySide6_Addons. Without it the
script says so and ends with 0. Pages must not ask for anything outside themselves: each request that is
no `file:` or `data:` is a fault, as is any message of the page's script to the console.
"""
import argparse
import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")
try:
    from PySide6.QtCore import QEventLoop, QTimer, QUrl
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineUrlRequestInterceptor
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

# Every film: each place of its slider shows a picture of its own and says which; Play moves it; the
# pointer names cells.
FILMS = """
(() => {
  const faults = [];
  const films = [...document.querySelectorAll(".film")].filter((f) => f.querySelector("input"));
  for (const film of films) {
    const image = film.querySelector("img"), slider = film.querySelector("input");
    const output = film.querySelector("output"), first = slider.value;
    const seen = new Set(), labels = new Set();
    for (let place = 0; place <= Number(slider.max); place++) {
      slider.value = place;
      slider.dispatchEvent(new Event("input"));
      seen.add(image.src);
      labels.add(output.textContent);
    }
    if (seen.size < 2) faults.push("a slider that shows one picture only");
    if (labels.size !== Number(slider.max) + 1) faults.push("places with the same label");
    if (!image.src.startsWith("data:image/png;base64,")) faults.push("a picture from elsewhere");
    slider.value = first;
    slider.dispatchEvent(new Event("input"));
    const cell = film.querySelector(".cell");
    if (cell) {
      const box = image.getBoundingClientRect();
      const names = [[.01, .01], [.99, .01]].map(([x, y]) => {
        image.dispatchEvent(new PointerEvent("pointermove", {
          clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true }));
        return cell.textContent;
      });
      if (!names[0].startsWith("seed") || names[0] === names[1]) {
        faults.push(`cells are called ${names}`);
      }
    }
  }
  for (const figure of document.querySelectorAll(".chart svg")) {
    const caption = figure.closest("figure").querySelector("figcaption span");
    const box = figure.getBoundingClientRect();
    figure.dispatchEvent(new PointerEvent("pointermove", {
      clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
    if (!caption.textContent.startsWith("step ")) faults.push("a curve that tells no step");
  }
  return JSON.stringify({ films: films.length, faults,
    charts: document.querySelectorAll(".chart").length,
    wide: document.documentElement.scrollWidth > innerWidth });
})()
"""
PLAY = """
(() => {
  const film = [...document.querySelectorAll(".film")].find((f) => f.querySelector("button"));
  if (!film) return "none";
  const slider = film.querySelector("input");
  if (!window.startedAt) {
    slider.value = 0;
    slider.dispatchEvent(new Event("input"));
    film.querySelector("button").click();
    window.startedAt = 1;
    return "started";
  }
  return slider.value;
})()
"""


class Guard(QWebEngineUrlRequestInterceptor):
    """Notes requests that leave the page."""

    def __init__(self):
        super().__init__()
        self.outside = []

    def interceptRequest(self, info):
        if info.requestUrl().scheme() not in ("file", "data"):
            self.outside.append(info.requestUrl().toString())
            info.block(True)


class Page(QWebEnginePage):
    """Notes what the script says."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def javaScriptConsoleMessage(self, level, message, line, source):
        self.messages.append(f"{message} (line {line})")


def waited(start, seconds=30):
    """What `start(done)` hands to `done`."""
    loop, result = QEventLoop(), []
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    start(lambda value=None: (result.append(value), loop.quit()))
    loop.exec()
    return result[0] if result else None


def check(path, width, picture):
    page, guard, view = Page(), Guard(), QWebEngineView()
    page.setUrlRequestInterceptor(guard)
    view.setPage(page)
    view.resize(width, 1000)
    view.show()

    def load(done):
        page.loadFinished.connect(done)
        page.load(QUrl.fromLocalFile(os.path.abspath(path)))

    faults = [] if waited(load) else ["the page does not load"]
    run = lambda script: waited(lambda done: page.runJavaScript(script, 0, done))
    pause = lambda seconds: waited(lambda done: QTimer.singleShot(int(seconds * 1000), done))
    pause(0.3)
    found = json.loads(run(FILMS) or "{}")
    faults += found.get("faults", ["the page's films cannot be looked at"])
    if run(PLAY) == "started":
        pause(1.5)
        if int(run(PLAY)) == 0:
            faults.append("a film that does not play")
    if found.get("wide"):
        faults.append(f"wider than a window of {width} pixels")
    faults += [f"asks for {url}" for url in guard.outside]
    faults += [f"console: {message}" for message in page.messages]
    if picture:
        pause(0.5)
        view.grab().save(picture)
    print(f"{path} at {width} pixels: {found.get('films')} films, {found.get('charts')} charts, "
          + ("; ".join(faults) or "no fault"))
    view.setPage(None)
    return not faults


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("pages", nargs="+")
    arguments.add_argument("--picture", help="where a picture of the last page goes")
    given = arguments.parse_args()
    application = QApplication(sys.argv[:1])
    good = [
        check(path, width, given.picture if width == 1200 else None)
        for path in given.pages for width in (390, 1200)
    ]
    application.processEvents()
    sys.stdout.flush()
    os._exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
