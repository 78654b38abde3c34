const freshness = document.getElementById("_fraicheur");
if (freshness && location.protocol.startsWith("http")) {
  const { etat, numero, zone, heures } = freshness.dataset;
  const locale = document.documentElement.lang;
  const say = (at) => at.toLocaleString(locale, { timeZone: zone, dateStyle: "long", timeStyle: "short" })
    .replace(/^1 /, locale.startsWith("fr") ? "1er " : "1 ").replace(/\b0(\d h)/, "$1").replace(/(\sh)\s00$/, "$1");
  const show = (id, at) => {
    const element = document.getElementById(id);
    const time = element.querySelector("time");
    if (time && at) { time.textContent = say(at); time.dateTime = at.toISOString(); }
    element.hidden = false;
  };
  fetch(etat, { cache: "no-cache" }).then((answer) => answer.ok ? answer.json() : Promise.reject())
    .then((state) => {
      const at = new Date(state.verifie_le);
      if (isNaN(at) || !Number.isInteger(state.numero)) throw 0;
      if (state.numero > Number(numero)) show("_depasse");
      show(Date.now() - at > heures * 36e5 ? "_perime" : "_verifie", at);
    }).catch(() => show("_inconnu"));
}
