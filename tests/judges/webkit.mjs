// WebKit, the engine of Safari: GTK's small browser by its WebDriver, on a screen of its own, because
// it has no mode without one. Its window is never narrower than 334 px, so that a narrower page
// stands in a frame. What it asks of any other address comes to an ear of ours, its proxy.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const narrowest = 334;
const patience = 40_000;
// On a busy machine the driver says that a page is there before its scripts have run.
const loaded = "return location.href === arguments[0] && document.readyState === 'complete'";

export async function withTab({ program, driver, screen, frame, scheme }, work) {
  const started = [];
  const start = (name, args, options) => {
    const child = spawn(name, args, options);
    started.unshift(child);
    return child;
  };
  try {
    const shown = start(screen, ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const display = String(await first(shown.stdio[3])).trim();
    const asked = [];
    const ear = createServer(({ url }, answer) => asked.push(url) && answer.writeHead(404).end());
    started.push({ kill: () => ear.close() });
    const proxy = { proxyType: "manual", httpProxy: `127.0.0.1:${await listening(ear)}`, noProxy: ["127.0.0.1"] };
    const port = await freePort();
    start(driver, [`--port=${port}`], {
      stdio: "ignore",
      env: { ...process.env, DISPLAY: `:${display}`, NO_AT_BRIDGE: "1" },
    });
    const args = ["--automation", "--full-screen", ...(scheme === "dark" ? ["--dark-mode"] : [])];
    const wanted = { "webkitgtk:browserOptions": { binary: program, args } };
    const root = `http://127.0.0.1:${port}/session`;
    await until("the driver answers", () => fetch(`http://127.0.0.1:${port}/status`).catch(() => null));
    const { sessionId } = await send("POST", root, { capabilities: { alwaysMatch: { ...wanted, proxy } } });
    try {
      return await work(tabOf(`${root}/${sessionId}`, frame, asked));
    } finally {
      await send("DELETE", `${root}/${sessionId}`).catch(() => {});
    }
  } finally {
    for (const child of started) child.kill();
  }
}

function tabOf(session, frame, asked) {
  const post = (what, body) => send("POST", `${session}/${what}`, body);
  let wide = null;
  return {
    async open(url, width) {
      asked.length = 0;
      const framed = width < narrowest;
      const size = { width: framed ? 1280 : width, height: 900 };
      if (size.width !== wide) await post("window/rect", size);
      wide = size.width;
      await post("url", { url: framed ? `${frame}?${width}&${encodeURIComponent(url)}` : url });
      if (framed) await post("frame", { id: 0 });
      await until(`${url} is loaded`, () =>
        post("execute/sync", { script: loaded, args: [new URL(url).href] }),
      );
    },
    async ask(script) {
      const [told, failed] = await post("execute/async", {
        script:
          "const done = arguments[arguments.length - 1];" +
          `(async (d, w) => {${script}})(document, window)` +
          ".then((told) => done([told ?? null, null]), (failed) => done([null, String(failed)]))",
        args: [],
      });
      if (failed !== null) throw Error(failed);
      return told;
    },
    async pick(field, paths) {
      const found = await post("element", { using: "css selector", value: field });
      await post(`element/${Object.values(found)[0]}/value`, { text: paths.join("\n") });
    },
    shoot: async (path) =>
      writeFileSync(path, Buffer.from(await send("GET", `${session}/screenshot`), "base64")),
    complaints: () => [],
    asked: () => [...asked],
  };
}

async function send(method, url, body) {
  const answer = await fetch(url, {
    method,
    signal: AbortSignal.timeout(patience),
    body: body && JSON.stringify(body),
    headers: body && { "content-type": "application/json" },
  });
  const { value } = await answer.json();
  if (!answer.ok) throw Error(`${method} ${url}: ${value.error}: ${value.message}`);
  return value;
}

const first = (stream) =>
  new Promise((told, failed) => {
    stream.once("data", told);
    stream.once("end", () => failed(Error("the screen did not start")));
  });

async function until(what, holds) {
  for (const end = Date.now() + patience; Date.now() < end; await pause(20)) if (await holds()) return;
  throw Error(`waited in vain until ${what}`);
}

const listening = (server) =>
  new Promise((told) => server.listen(0, "127.0.0.1", () => told(server.address().port)));

async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await new Promise((closed) => server.close(closed));
  return port;
}
