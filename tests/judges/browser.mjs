// One browser for all the pages of a judge. Nothing of it reaches out by itself.
import puppeteer from "puppeteer-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
];

export async function withBrowser(executablePath, work) {
  const browser = await puppeteer.launch({ executablePath, headless: true, args: FLAGS });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

export async function withPage(browser, work) {
  const page = await browser.newPage();
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

export const schemes = ["light", "dark"];

export const inScheme = (page, value) =>
  page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);

// What is folded is judged too.
export const unfolded = () =>
  document.querySelectorAll("details").forEach((each) => (each.open = true));

export const unfold = (page) => page.evaluate(unfolded);
