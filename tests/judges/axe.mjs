// axe-core with every rule it has, in each colour scheme and width; what it cannot decide is told.
import axe from "axe-core";
import { inScheme, schemes, unfold, withPage } from "./browser.mjs";

const widths = [1280, 320];
const everyRule = Object.fromEntries(
  axe.getRules().map(({ ruleId, tags }) => [ruleId, { enabled: ruleId !== "hidden-content" && !tags.includes("wcag2aaa") }]),
);

const found = ({ id, nodes }) =>
  nodes.map(({ target, any, all, none }) => ({
    rule: id,
    target: target.flat().join(" "),
    why: [...any, ...all, ...none].map(({ message }) => message).join("; "),
  }));

export const judge = (browser, url) =>
  withPage(browser, async (page) => {
    await page.goto(url);
    await unfold(page);
    await page.evaluate(axe.source);
    const said = [];
    for (const width of widths) {
      await page.setViewport({ width, height: 900 });
      for (const scheme of schemes) {
        await inScheme(page, scheme);
        const told = await page.evaluate((rules) => window.axe.run({ rules }), everyRule);
        said.push({
          width,
          scheme,
          passes: told.passes.length,
          violations: told.violations.flatMap(found),
          incomplete: told.incomplete.flatMap(found),
        });
      }
    }
    return said;
  });
