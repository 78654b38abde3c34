const freshness = document.getElementById("_fraicheur");
if (freshness && location.protocol.startsWith("http")) {
  const { etat, numero, tient, zone, heures } = freshness.dataset;
  const locale = document.documentElement.lang;
  const say = (at) => at.toLocaleString(locale, { timeZone: zone, dateStyle: "long", timeStyle: "short" })
    .replace(/^1 /, locale.startsWith("fr") ? "1er " : "1 ").replace(/\b0(\d h)/, "$1").replace(/(\sh)\s00$/, "$1").replace(/ /g, "\u00a0").replace(/\u00a0(à|at)\u00a0/, " $1 ");
  const show = (id, at) => {
    const element = document.getElementById(id);
    if (!element) return;
    const time = element.querySelector("time");
    if (time && at) { time.textContent = say(at); time.dateTime = at.toISOString(); }
    element.hidden = false;
  };
  const ask = (where) => fetch(where, { cache: "no-cache" })
    .then((answer) => answer.ok ? answer : Promise.reject());
  const check = async () => {
    const state = await (await ask(etat)).json();
    const at = new Date(state.verifie_le);
    if (isNaN(at) || !Number.isInteger(state.numero)) throw 0;
    let newest = state.numero;
    if (tient === "" && newest > numero) {
      const published = await (await ask(location.pathname + location.search)).text();
      newest = new DOMParser().parseFromString(published, "text/html").getElementById("_fraicheur")?.dataset.numero ?? newest;
    }
    const passed = newest > Number(numero);
    if (passed) show("_depasse");
    if (Date.now() - at > heures * 36e5) show("_perime", at);
    else if (!passed || tient !== "") show("_verifie", at);
  };
  check().catch(() => show("_inconnu"));
}
