"""Runs axe in a headless Chromium over the pages of a folder; a tool of the tests, installed by npm."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import which

PACKAGES = ("playwright-core@1", "axe-core@4")
SCRIPT = """
const {chromium} = require("playwright-core"), fs = require("fs"), path = require("path");
(async () => {
  const [browser, folder] = process.argv.slice(2), found = [];
  const started = await chromium.launch({executablePath: browser, args: ["--no-sandbox"]});
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".html")))
    for (const colorScheme of ["light", "dark"])
      for (const width of [400, 1400]) {
        const page = await started.newPage({colorScheme, viewport: {width, height: 900}});
        await page.goto("file://" + path.join(folder, file));
        await page.evaluate(axe);
        const {violations} = await page.evaluate(() => axe.run());
        for (const each of violations) found.push([file, colorScheme, width, each.id, each.nodes[0].html]);
        const {scrollWidth, clientWidth} = await page.evaluate(() => document.documentElement);
        if (scrollWidth > clientWidth) found.push([file, colorScheme, width, "wider than the window", ""]);
        await page.close();
      }
  await started.close();
  console.log(JSON.stringify(found));
})();
"""


def violations(folder: Path) -> list[list[object]]:
    """Return what axe finds: file, colours, width, rule and element."""
    (folder / "axe.js").write_text(SCRIPT)
    subprocess.run(["npm", "init", "--yes"], cwd=folder, check=True, capture_output=True)
    subprocess.run(["npm", "install", *PACKAGES], cwd=folder, check=True, capture_output=True, timeout=300)
    command = ["node", "axe.js", str(which("chromium")), str(folder)]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=300)
    return json.loads(done.stdout)
