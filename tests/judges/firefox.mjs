// Firefox, by WebDriver BiDi. It takes a scheme only as it starts.
import puppeteer from "puppeteer-core";

const dark = 0;
const light = 1;

export async function withTab({ program, scheme }, work) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: program,
    headless: true,
    extraPrefsFirefox: {
      "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? dark : light,
    },
  });
  try {
    return await work(await tabOf(browser));
  } finally {
    await browser.close();
  }
}

async function tabOf(browser) {
  const page = await browser.newPage();
  const complaints = [];
  let wide = null;
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  return {
    async open(url, width) {
      complaints.length = asked.length = 0;
      if (width !== wide) await page.setViewport({ width, height: 900 });
      wide = width;
      await page.goto(url);
    },
    ask: (script) => page.evaluate(`(async (d, w) => {${script}})(document, window)`),
    pick: async (field, paths) => (await page.$(field)).uploadFile(...paths),
    shoot: (path) => page.screenshot({ path, captureBeyondViewport: false }),
    complaints: () => [...complaints],
    asked: () => [...asked],
  };
}
