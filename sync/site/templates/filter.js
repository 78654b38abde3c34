const form = document.getElementById("_filtre");
if (form) {
  const [words, status, checkpoint] = form.querySelectorAll("input, select");
  const told = form.querySelector("output");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’\s]+/g, (c) => c[0] === "’" ? "'" : " ").toLowerCase();
  const volets = [...document.querySelectorAll(".volet")].map((volet) => ({
    volet, open: volet.open,
    rows: [...volet.querySelectorAll("tbody tr")].map((row) => ({
      row, text: plain(row.cells[0].textContent + " " + volet.querySelector("h2, h3").textContent),
      states: [...row.cells].slice(1).map((cell) => cell.querySelector(".etat")?.classList[1]),
    })),
  }));
  const total = volets.reduce((n, one) => n + one.rows.length, 0);
  const filter = () => {
    const wanted = plain(words.value).split(" ").filter(Boolean);
    const active = wanted.length || status.value;
    let shown = 0;
    for (const { volet, open, rows } of volets) {
      let here = 0;
      for (const { row, text, states } of rows) {
        const some = checkpoint.value ? [states[checkpoint.value - 1]] : states;
        const fits = wanted.every((word) => text.includes(word)) &&
          (!status.value || some.includes("st-" + status.value));
        row.hidden = !fits;
        here += fits;
      }
      volet.hidden = !here;
      volet.open = active ? here > 0 : open;
      shown += here;
    }
    for (const axis of document.querySelectorAll(".axe")) axis.hidden = !axis.querySelector(".volet:not([hidden])");
    told.textContent = active ? (shown > 1 ? told.dataset.many : told.dataset.one).replace("{n}", shown).replace("{m}", total) : "";
  };
  form.addEventListener("input", filter);
  form.hidden = false;
  if (words.value || status.value) filter();
  const reveal = () => {
    const place = location.hash.slice(1);
    const there = place && (document.getElementById(place) ?? document.getElementById("_" + place));
    if (!there) return;
    const volet = there.closest(".volet");
    const seen = there.id === place && (!volet || (volet.open && !there.hidden));
    if (seen) return;
    if (there.hidden) { words.value = status.value = checkpoint.value = ""; filter(); }
    if (volet) volet.open = true;
    there.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
}
