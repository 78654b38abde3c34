"use strict";
const WORDS = JSON.parse(document.getElementById("mots").textContent);
const say = (key, n, m) => WORDS[key].replace("{n}", () => n).replace("{m}", () => m);
const byId = (id) => document.getElementById(id);
const local = location.protocol === "file:";
const MOST = 100000;

const utf8 = (text) => new TextEncoder().encode(text);
const readText = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
};
const same = (one, other) => one.length === other.length && one.every((b, i) => b === other[i]);
function unb64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw Error("base64");
  const raw = atob(text);
  if (btoa(raw) !== text) throw Error("base64");
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

// RFC 8785, which is defined by what JSON.stringify writes
function canonical(said) {
  if (Array.isArray(said)) return "[" + said.map(canonical).join(",") + "]";
  if (typeof said === "number" && !Number.isSafeInteger(said)) throw Error("number");
  if (said === null || typeof said !== "object") return JSON.stringify(said);
  return "{" + Object.keys(said).sort().map((k) => JSON.stringify(k) + ":" + canonical(said[k])).join(",") + "}";
}
function keyOf(holder, written) {
  if (!Array.isArray(holder)) return written.replaceAll("~1", "/").replaceAll("~0", "~");
  if (!/^(0|[1-9][0-9]{0,8})$/.test(written)) throw Error("place");
  return Number(written);
}
function holderOf(said, place) {
  const [first, ...keys] = place.split("/");
  if (first !== "" || !keys.length) throw Error("place");
  const last = keys.pop();
  for (const written of keys) {
    const key = keyOf(said, written);
    if (!Object.hasOwn(said, key)) throw Error("place");
    said = said[key];
  }
  if (said === null || typeof said !== "object" || Array.isArray(said)) throw Error("place");
  const key = last.replaceAll("~1", "/").replaceAll("~0", "~");
  if (!Object.hasOwn(said, key)) throw Error("place");
  return [said, key];
}
// what the tree holds of a snapshot: typed texts only as salted commitments
async function leafOf(body) {
  const text = readText(body), said = JSON.parse(text);
  if (said === null || typeof said !== "object" || Array.isArray(said) || canonical(said) !== text) throw Error("form");
  if (text.includes('"engagement":"')) throw Error("form"); // a text that is gone, and not told to be
  const { sels: salts = {}, engagements: kept = {} } = said, whole = JSON.parse(text);
  // a longer salt could be the first words of a text
  for (const [told, form] of [[salts, /^[0-9a-f]{32}$/], [kept, /^[0-9a-f]{64}$/]]) {
    if (told === null || typeof told !== "object" || Array.isArray(told)) throw Error("form");
    for (const one of Object.values(told)) if (typeof one !== "string" || !form.test(one)) throw Error("form");
  }
  delete said.sels; delete said.engagements;
  const bound = [];
  for (const [place, salt] of Object.entries(salts)) {
    const [holder, key] = holderOf(said, place);
    if (typeof holder[key] !== "string" || Object.hasOwn(kept, place)) throw Error("place");
    bound.push([place, hex(await sha256(utf8(salt + holder[key])))]);
  }
  for (const place of Object.keys(kept)) {
    const [holder, key] = holderOf(said, place);
    if (holder[key] !== null && holder[key] !== "[texte retir\u00e9]") throw Error("place");
  }
  for (const [place, value] of [...bound, ...Object.entries(kept)]) {
    const [holder, key] = holderOf(said, place);
    holder[key] = { engagement: value };
  }
  return [utf8(canonical(said)), whole, Object.keys(kept)];
}

// RFC 6962
const leafHash = (leaf) => sha256(join(Uint8Array.of(0), leaf));
async function rootOf(leaves) {
  if (!leaves.length) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i + 1 < level.length; i += 2) above.push(await sha256(join(Uint8Array.of(1), level[i], level[i + 1])));
    if (level.length % 2) above.push(level[level.length - 1]);
    level = above;
  }
  return level[0];
}

// C2SP signed-note and tlog-checkpoint
async function readKey(text) {
  const [, name, id, value] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  if (!name) throw Error("key");
  const raw = unb64(value);
  if (raw.length !== 33 || raw[0] !== 1) throw Error("key");
  const own = (await sha256(join(utf8(name + "\n"), raw))).slice(0, 4);
  if (hex(own) !== id) throw Error("key");
  return { name, id, text: text.trim(), raw: raw.slice(1) };
}
function readNote(bytes) {
  const whole = readText(bytes), cut = whole.lastIndexOf("\n\n");
  if (cut < 0 || !whole.endsWith("\n") || whole.includes("\r")) throw Error("note");
  const signatures = [];
  for (const line of whole.slice(cut + 2, -1).split("\n")) {
    const [, name, value] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? [];
    if (!name) throw Error("note");
    const raw = unb64(value);
    if (raw.length < 5) throw Error("note");
    signatures.push({ name, id: hex(raw.slice(0, 4)), raw: raw.slice(4) });
  }
  return { text: whole.slice(0, cut + 1), signatures };
}
function readPoint(note) {
  const [origin, size, root] = note.text.split("\n");
  if (!origin || note.text.split("\n").length < 4 || !/^(0|[1-9][0-9]{0,14})$/.test(size)) throw Error("point");
  const raw = unb64(root);
  if (raw.length !== 32) throw Error("point");
  return { origin, size: Number(size), root: raw };
}
let able = true;
async function isSigned(key, signature, bytes) {
  let imported;
  try { imported = await crypto.subtle.importKey("raw", key.raw, "Ed25519", false, ["verify"]); }
  catch (refused) {
    if (refused.name !== "NotSupportedError") return false;
    able = false;
    return true;
  }
  return crypto.subtle.verify("Ed25519", imported, signature, bytes);
}
async function signedBy(note, key) {
  const one = note.signatures.find((s) => s.name === key.name && s.id === key.id);
  return one ? isSigned(key, one.raw, utf8(note.text)) : false;
}
// the list is signed wherever anything is; of files picked one by one it may be left out
async function sumsSigned(body, key) {
  if (!key) return !body.sig || Boolean(body.key);
  if (!body.sums || !body.sig) return false;
  try { return await isSigned(key, unb64(readText(body.sig).replace(/\n$/, "")), body.sums); }
  catch (odd) { return false; }
}
async function keysOf(current, body) {
  const keys = [];
  for (const text of body ? JSON.parse(readText(body)).relais : []) {
    const note = readNote(utf8(text));
    const [kind, old, next, size, end, ...more] = note.text.split("\n");
    if (kind !== "jalon/relais/1" || end !== "" || more.length || !/^(0|[1-9][0-9]{0,14})$/.test(size)) throw Error("relay");
    const before = await readKey(old), after = await readKey(next);
    if (!(await signedBy(note, before)) || (keys.length && keys[keys.length - 1].text !== before.text)) throw Error("relay");
    if (!keys.length) keys.push(before);
    keys.push(after);
  }
  if (!keys.length) keys.push(current);
  if (keys[keys.length - 1].text !== current.text) throw Error("relay");
  return keys;
}

const OF_AN_ACTION = /^\/axes\/([0-9]{1,9})\/volets\/([0-9]{1,9})\/actions\/([0-9]{1,9})\/(?:(note|preuve)|jalons\/([^/]+)\/(corrections\/[0-9]{1,9}\/)?motif)$/;
function whatIs(said, place) {
  const found = OF_AN_ACTION.exec(place);
  if (!found) return null;
  const [axis, volet, n] = found.slice(1, 4).map(Number), [field, checkpoint, correction] = found.slice(4);
  const id = said.axes?.[axis]?.volets?.[volet]?.actions?.[n]?.id;
  if (id === undefined) return null;
  return field ? [id, field, null] : [id, correction ? "correction" : "motif", checkpoint.replaceAll("~1", "/").replaceAll("~0", "~")];
}
function decided(read, number, place) {
  const wanted = whatIs(read[number - 1], place);
  try {
    return wanted !== null && read.slice(number).some((later) => (later.retraits ?? []).some((one) =>
      one.instantanes.includes(number) && one.action === wanted[0] && one.champ === wanted[1] && one.jalon === wanted[2]));
  } catch (odd) { return false; }
}
function listed(bytes) {
  const told = new Map();
  for (const line of bytes ? new TextDecoder().decode(bytes).split("\n") : []) {
    const [, digest, name] = /^([0-9a-f]{64}) {2}([^\\:?#%\x00-\x1f\x7f]+)$/.exec(line) ?? [];
    if (name && name.split("/").every((part) => part && part !== "." && part !== "..")) told.set(name, digest);
  }
  return told;
}

async function check(take, oldNote, pinned, whole) {
  const faults = [], facts = [];
  const fault = (key, n) => faults.push([key, n]);
  const body = { note: await take("note.txt"), latest: await take("dernier.json"), key: await take("cle.pub"), keys: await take("cles.json"), sums: await take("SHA256SUMS"), sig: await take("SHA256SUMS.sig") };
  let note = null, point = null, count = 0;
  if (body.note) try { note = readNote(body.note); point = readPoint(note); count = Math.min(point.size, MOST); } catch (odd) { note = point = null; }
  try { count = Math.max(count, Math.min(Number(JSON.parse(readText(body.latest)).numero) || 0, MOST)); } catch (odd) { /* told below */ }
  if (!count) return { nothing: true };
  const leaves = [], read = [], gone = [], none = await leafHash(new Uint8Array());
  let last = null, plan = null;
  for (let number = 1; number <= count; number++) {
    const bytes = await take("instantanes/" + String(number).padStart(4, "0") + ".json");
    last = bytes;
    if (!bytes) { fault("missing", number); leaves.push(none); read.push({}); continue; }
    try {
      const [leaf, said, places] = await leafOf(bytes);
      leaves.push(await leafHash(leaf)); read.push(said);
      for (const place of places) gone.push([number, place]);
      if (said.numero !== number) fault("number", number);
      plan ??= said.plan?.id ?? null;
      if ((said.plan?.id ?? null) !== plan) fault("plan", number);
    } catch (odd) { fault("snapshot", number); leaves.push(none); read.push({}); }
  }
  if (!last || !body.latest || !same(last, body.latest)) fault("latest", count);
  for (const [number, place] of gone) if (!decided(read, number, place)) fault("withdrawn", number);
  const root = await rootOf(leaves);
  facts.push(["snapshots", count], ["withdrawn_count", gone.length], ["root_is", hex(root)]);

  let key = null, keys = [];
  if (body.key) {
    try { key = await readKey(readText(body.key)); } catch (odd) { fault("key_bad"); }
    if (key) try { keys = await keysOf(key, body.keys); } catch (odd) { fault("rotation"); keys = [key]; }
    if (key) facts.push(["key_is", key.text]);
    if (key && pinned && !keys.some((one) => one.text === pinned)) fault("key_bad");
  } else if (body.note || pinned) fault("key_bad");
  let signed = false;
  if (!note && (body.note || key)) fault("note");
  if (note && key) {
    signed = await signedBy(note, key);
    if (!signed) fault("signature");
    if (point.origin !== key.name) fault("origin");
    if (point.size !== count) fault("size");
    if (!same(point.root, root)) fault("root");
    if (signed && able) facts.push(["signature_good"]);
  }
  let old = null;
  if (oldNote) try {
    const kept = readNote(oldNote);
    old = readPoint(kept);
    let ours = false;
    for (const one of keys) ours = ours || (await signedBy(kept, one));
    if (!ours) fault("old_signature");
    if (key && old.origin !== key.name) fault("old_origin");
    if (old.size > count) fault("shorter", old.size);
    else if (!same(await rootOf(leaves.slice(0, old.size)), old.root)) fault("rewritten", old.size);
    else facts.push(["old_good", old.size]);
  } catch (odd) { fault("old_note"); }
  const left = !whole && key && (!body.sums || !body.sig);
  const listSigned = left || (await sumsSigned(body, key));
  if (!listSigned) fault("sums_signature");
  else if (key && !left && able) facts.push(["sums_signed"]);
  const sums = listed(body.sums);
  let compared = 0;
  for (const [name, digest] of sums) {
    const bytes = await take(name);
    if (!bytes && !whole) continue;
    if (!bytes || hex(await sha256(bytes)) !== digest) fault("sum", name);
    else compared++;
  }
  if (sums.size) facts.push(["sums_good", compared, sums.size]);
  return { faults, facts, signed: signed && able, old };
}

// where the bytes come from
async function fromSite(name) {
  const answer = await fetch(WORDS.base + name.split("/").map(encodeURIComponent).join("/"), { cache: "no-store", redirect: "error" });
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  if (answer.status === 404 || answer.status === 410) return null;
  throw Error(String(answer.status)); // not read is not the same as not there
}
function fromFiles(list) {
  const found = new Map();
  for (const file of list) {
    let name = (file.webkitRelativePath || file.name).split("/").slice(file.webkitRelativePath ? 1 : 0).join("/");
    if (/^[0-9]{4,}\.json$/.test(name)) name = "instantanes/" + name;
    found.set(name, file);
  }
  return async (name) => (found.has(name) ? new Uint8Array(await found.get(name).arrayBuffer()) : null);
}

function line(kind, text) {
  const item = document.createElement("li"), mark = document.createElement("strong");
  item.className = kind;
  mark.textContent = say(kind);
  item.append(mark, " ", text);
  return item;
}
function show(found) {
  const list = byId("details"), verdict = byId("verdict");
  list.replaceChildren();
  const none = ["unable", "unread", "nothing"].find((reason) => found[reason]);
  if (none) {
    verdict.className = "bad";
    verdict.textContent = say(none);
    return;
  }
  for (const [key, n, m] of found.faults) list.append(line("bad", say(key, n, m)));
  for (const [key, n, m] of found.facts) list.append(line("good", say(key, n, m)));
  if (!able) list.append(line("plain", say("old_browser")));
  const key = found.faults.length ? "fails" : found.old ? (found.signed ? "holds" : "holds_unsigned") : found.signed ? "agrees" : "unsigned";
  verdict.className = found.faults.length ? "bad" : found.old && found.signed ? "good" : "plain";
  verdict.textContent = say(key, found.old ? found.old.size : 0);
}
async function run() {
  const files = [...byId("dossier").files, ...byId("fichiers").files];
  const kept = byId("garde-fichier").files[0];
  const text = byId("garde-texte").value;
  const old = kept ? new Uint8Array(await kept.arrayBuffer()) : text.trim() ? utf8(text.trim().replaceAll("\r\n", "\n") + "\n") : null;
  const fromHere = byId("ici").checked;
  byId("verdict").className = "plain";
  byId("verdict").textContent = say("working");
  if (!globalThis.crypto?.subtle) return show({ unable: true });
  able = true;
  try { show(await check(fromHere ? fromSite : fromFiles(files), old, byId("cle").value.trim() || null, fromHere)); }
  catch (refused) { show({ unread: true }); }
}
byId("choix").addEventListener("submit", (event) => { event.preventDefault(); run(); });
for (const id of ["dossier", "fichiers"]) byId(id).addEventListener("change", () => { byId("la").checked = true; });
if (local) { byId("ici").disabled = true; byId("la").checked = true; }
