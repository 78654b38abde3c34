// What the page asks for, what it complains of, and whether it is painted while its scripts wait.
import { withPage } from "./browser.mjs";

const patience = 5_000;

const painted = () => performance.getEntriesByName("first-contentful-paint").length > 0;

export const judge = (browser, url) =>
  withPage(browser, async (page) => {
    const asked = [];
    const complaints = [];
    const held = [];
    let waiting = true;
    page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      asked.push(request.url());
      if (waiting && request.resourceType() === "script") held.push(request);
      else request.continue();
    });
    const loaded = page.goto(url);
    const early = await page
      .waitForFunction(painted, { timeout: patience, polling: 50 })
      .then(() => true)
      .catch(() => false);
    waiting = false;
    for (const request of held) await request.continue();
    await loaded;
    await page.waitForNetworkIdle({ idleTime: 200 });
    const own = new URL(url).origin;
    const outside = asked.filter((each) => !/^(data|blob):/.test(each) && new URL(each).origin !== own);
    return { early, held: held.length, outside, complaints, asked: asked.length };
  });
