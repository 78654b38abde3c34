// WCAG 1.4.10 and 1.4.12, which automatic checkers miss: what runs out of the page or is cut off
// at 320 px, at 400 % of 1280 × 1024, and there with the reader's own wider spacing.
import { unfold, withPage } from "./browser.mjs";

const views = {
  "320 px": { width: 320, height: 900 },
  "400 %": { width: 320, height: 256, deviceScaleFactor: 4 },
  "1280 px": { width: 1280, height: 900 },
};
const spacing =
  "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; " +
  "word-spacing: 0.16em !important } p { margin-bottom: 2em !important }";

// A frame that scrolls by itself holds what it holds; what is kept for listeners is one pixel wide;
// the words of a file field are the browser's, which abbreviates them itself.
export const misplaced = () => {
  const root = document.documentElement;
  const wide = root.clientWidth;
  const framed = (element) => {
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== "visible") return true;
    return false;
  };
  const told = (what) => (element) =>
    `${what}: ${element.outerHTML.slice(0, 90).replace(/\s+/g, " ")}`;
  const shown = [...document.body.querySelectorAll("*")].filter((each) => each.checkVisibility());
  const outside = shown.filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > wide + 1 && !framed(each);
  });
  const cut = shown.filter((each) => {
    const { overflowX, overflowY } = getComputedStyle(each);
    return (
      each.clientWidth > 1 &&
      each.type !== "file" &&
      ((/hidden|clip/.test(overflowX) && each.scrollWidth > each.clientWidth + 1) ||
        (/hidden|clip/.test(overflowY) && each.scrollHeight > each.clientHeight + 1))
    );
  });
  const sideways = root.scrollWidth - wide;
  return [
    ...(sideways > 0 ? [`the page scrolls sideways by ${sideways} px`] : []),
    ...outside.map(told("outside")),
    ...cut.map(told("cut off")),
  ];
};

const widen = (words) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(words);
  document.adoptedStyleSheets = [sheet];
};

export const judge = (browser, url) =>
  withPage(browser, async (page) => {
    await page.goto(url);
    const said = [];
    const look = async (how) => {
      for (const [view, size] of Object.entries(views)) {
        await page.setViewport(size);
        said.push(...(await page.evaluate(misplaced)).map((what) => `${view}, ${how}: ${what}`));
      }
    };
    await look("as it opens");
    await unfold(page);
    await look("unfolded");
    await page.evaluate(widen, spacing);
    await look("spaced out");
    return said;
  });
