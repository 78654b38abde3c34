// node judge.mjs NAME <errand: { chromium, root, pages, … } as JSON on standard input; the verdict,
// one entry for each page, as JSON on standard output.
import { readFileSync } from "node:fs";
import { withBrowser } from "./browser.mjs";

const errand = JSON.parse(readFileSync(0, "utf8"));
const { judge } = await import(`./${process.argv[2]}.mjs`);
const said = await withBrowser(errand.chromium, async (browser) => {
  const verdict = {};
  for (const page of errand.pages) verdict[page] = await judge(browser, errand.root + page, errand);
  return verdict;
});
process.stdout.write(JSON.stringify(said));
