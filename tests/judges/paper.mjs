// The page as a reader's browser prints it to PDF.
import { join } from "node:path";
import { withPage } from "./browser.mjs";

export const judge = (browser, url, { folder, untagged }) =>
  withPage(browser, async (page) => {
    await page.goto(url);
    const tagged = !untagged.some((each) => url.endsWith(each));
    const path = join(folder, `${encodeURIComponent(new URL(url).pathname.slice(1))}.pdf`);
    await page.pdf({ path, format: "Letter", preferCSSPageSize: true, tagged, outline: tagged });
    const title = await page.title();
    const lang = await page.evaluate(() => document.documentElement.lang);
    return { path, title, lang };
  });
