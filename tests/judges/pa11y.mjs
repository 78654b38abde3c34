// HTML CodeSniffer, by pa11y, in light and, where asked, dark: another reading of WCAG 2 AA than axe's.
import pa11y from "pa11y";
import { inScheme, schemes, withPage } from "./browser.mjs";

export const judge = (browser, url, { dark }) =>
  withPage(browser, async (page) => {
    const said = [];
    for (const scheme of dark.some((each) => url.endsWith(each)) ? schemes : ["light"]) {
      await inScheme(page, scheme);
      const { issues } = await pa11y(url, {
        browser,
        page,
        runners: ["htmlcs"],
        standard: "WCAG2AA",
        timeout: 60_000,
      });
      said.push(...issues.map(({ code, selector, message }) => ({ scheme, code, selector, message })));
    }
    return said;
  });
