const place = location.hash.slice(1);
const table = document.getElementById("_tableau-entier");
if (place && table && !document.getElementById(place)) {
  const own = document.getElementById("_" + place);
  if (own) own.scrollIntoView();
  else location.replace(table.href + location.hash);
}
