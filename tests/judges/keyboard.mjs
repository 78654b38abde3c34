// A reader with a keyboard alone, at the width of a telephone: every stop can be reached once, in
// the order of the page, is seen to be there, is not covered, and none holds the reader back.
import { unfold, withPage } from "./browser.mjs";

const limit = 2000;

// Says of the focused element where it stands in the page and what is wrong with it there.
const here = () => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  window.everything ??= [...document.querySelectorAll("*")];
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const inView =
    box.width > 1 &&
    box.height > 1 &&
    box.bottom > 0 &&
    box.right > 0 &&
    box.top < innerHeight &&
    box.left < innerWidth;
  const points = [...at.getClientRects()].flatMap(({ left, right, top, bottom }) => {
    const x = Math.min(Math.max((left + right) / 2, 1), innerWidth - 1);
    return [top + 2, (top + bottom) / 2, bottom - 2].map((y) => [x, y]);
  });
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (at.contains(top) || top.contains(at));
  });
  return {
    place: window.everything.indexOf(at),
    named: at.outerHTML.slice(0, 90).replace(/\s+/g, " "),
    faults: [
      ...(ring ? [] : ["nothing shows the focus"]),
      ...(inView ? [] : ["out of view"]),
      ...(seen ? [] : ["covered"]),
    ],
  };
};

const wanted = () => {
  const stops = "a[href], area[href], button, input, select, textarea, summary, [tabindex='0']";
  return [...document.querySelectorAll(stops)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled)
    .filter((each) => each.type !== "radio" || each.checked) // one stop for the whole group
    .map((each) => [window.everything.indexOf(each), each.outerHTML.slice(0, 90).replace(/\s+/g, " ")]);
};

// Where nothing stands before main there is nothing to skip.
const nothingBefore = () => {
  const [first] = document.querySelectorAll("a[href], button, input, select, summary");
  return first?.closest("main") !== null;
};

async function skip(page) {
  if (await page.evaluate(nothingBefore)) return [];
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement?.getAttribute("href") ?? "");
  if (!first.startsWith("#")) return ["the first stop is no link into the page"];
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const past = await page.evaluate((id) => {
    const main = document.getElementById(id);
    const order = main?.compareDocumentPosition(document.activeElement) ?? 0;
    return (
      main?.closest("main") !== null &&
      (order & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY)) !== 0
    );
  }, first.slice(1));
  return past ? [] : ["the first link does not lead past the navigation into main"];
}

export const judge = (browser, url) =>
  withPage(browser, async (page) => {
    await page.setViewport({ width: 320, height: 640 });
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    const open = async () => {
      await page.goto(url);
      await page.waitForNetworkIdle({ idleTime: 200 }); // the alarm of a stale page comes late
    };
    await open();
    const said = await skip(page);
    await page.goto("about:blank");
    await open();
    await unfold(page);
    const reached = new Set();
    let last = -1;
    for (let pressed = 0; ; pressed++) {
      if (pressed === limit) return { stops: reached.size, faults: [...said, `still not through after ${limit} stops`] };
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(here);
      if (stop === null) break;
      if (reached.has(stop.place)) return { stops: reached.size, faults: [...said, `held back at ${stop.named}`] };
      if (stop.place < last) said.push(`out of order: ${stop.named}`);
      said.push(...stop.faults.map((fault) => `${fault}: ${stop.named}`));
      reached.add(stop.place);
      last = stop.place;
    }
    for (const [place, named] of await page.evaluate(wanted))
      if (!reached.has(place)) said.push(`never reached: ${named}`);
    return { stops: reached.size, faults: said };
  });
