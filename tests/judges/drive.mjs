// node drive.mjs ENGINE <errand: what the engine needs, and the looks, as JSON on standard input;
// what was seen at each look, as JSON on standard output.
import { readFileSync } from "node:fs";
import { unfolded } from "./browser.mjs";
import { misplaced } from "./reflow.mjs";

const elsewhere = (asked, page) =>
  asked.filter((each) => /^https?:/.test(each) && new URL(each).origin !== new URL(page).origin);

// In one question, because each costs a turn of the engine.
const looking = (script) => `
  const answer = await (async () => {${script}})();
  const misplaced = ${misplaced};
  const folded = misplaced();
  (${unfolded})();
  return {
    answer: answer ?? null,
    misplaced: [...folded, ...misplaced()],
    complaints: w.heard ?? [],
  };`;

const errand = JSON.parse(readFileSync(0, "utf8"));
const { withTab } = await import(`./${process.argv[2]}.mjs`);
const visit = async (tab) => {
  const told = [];
  for (const { page, width, script, files, shot } of errand.looks) {
    await tab.open(page, width);
    for (const [field, paths] of Object.entries(files)) await tab.pick(field, paths);
    const found = await tab.ask(looking(script));
    if (shot) await tab.shoot(shot);
    told.push({
      ...found,
      outside: elsewhere(tab.asked(), page),
      complaints: [...found.complaints, ...tab.complaints()],
    });
  }
  return told;
};

// On a busy machine WebKit's driver now and then owes an answer for ever; a page's faults are no
// failure here, so that a second visit hides none.
const seen = await withTab(errand, visit).catch(() => withTab(errand, visit));
process.stdout.write(JSON.stringify(seen), () => process.exit());
