// Draws the charts and answers the search. Loads nothing; text from outlets is only ever set as text.
"use strict";
(() => {
  const root = document.body.dataset.root;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const claim = (id) => `${root}claim/${encodeURIComponent(id)}.html`;

  const named = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

  const look = () => {
    const ink = dark.matches ? "#E8EAED" : "#1A1C20", line = dark.matches ? "#3A3F47" : "#DDDFE3";
    return {
      background: "transparent", view: { stroke: null },
      axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line, titleFontWeight: 400, labelFontSize: 12 },
      legend: { labelColor: ink, titleColor: ink, titleFontWeight: 400 },
    };
  };

  const draw = () => {
    for (const told of document.querySelectorAll("script.spec")) {
      const place = document.getElementById(told.dataset.for);
      vegaEmbed(place, JSON.parse(told.textContent), { ast: true, actions: false, renderer: "svg", config: look() })
        .then(({ view }) => view.addEventListener("click", (_, item) => {
          if (item && item.datum && item.datum.entry_id) location.href = claim(item.datum.entry_id);
        }))
        .catch((error) => { place.textContent = `The chart could not be drawn: ${error.message}. The list or table below has the same.`; });
    }
  };

  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  const entry = ([id, day, kind, , , headline, quote]) => {
    const item = make("li", "cl-entry"), when = make("p", "cl-when"), title = make("p", "cl-headline"), link = make("a", "", headline);
    when.append(make("span", `cl-kind cl-${kind}`, window.claimledger.kinds[kind]), ` ${day ? named.format(new Date(day)) : "day not known"}`);
    link.href = claim(id);
    title.append(link);
    const more = make("details"), quoted = make("blockquote", "cl-quote", quote || "Taken down: the quote was removed, the record stays.");
    more.append(make("summary", "", "Read the sentence"), quoted);
    item.append(when, title, more);
    return item;
  };

  const search = (form) => {
    const results = document.getElementById("results"), found = document.getElementById("found"), more = document.getElementById("more");
    const newest = document.getElementById("newest"), fields = ["q", "kind", "side", "since", "until"], page = 50;
    const all = found.textContent;
    let hits = [], shown = 0;
    const show = () => {
      for (const row of hits.slice(shown, shown + page)) results.append(entry(row));
      shown += page;
      more.hidden = shown >= hits.length;
    };
    const run = () => {
      const asked = Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));
      const set = fields.filter((name) => asked[name]), address = new URLSearchParams(set.map((name) => [name, asked[name]]));
      history.replaceState(null, "", set.length ? `?${address}` : location.pathname);
      results.hidden = !set.length;
      newest.hidden = !!set.length;
      results.replaceChildren();
      shown = 0;
      const words = asked.q.toLowerCase();
      hits = set.length ? window.claimledger.entries.filter(([, day, kind, a, b, headline, quote]) =>
        (!words || headline.toLowerCase().includes(words) || (quote || "").toLowerCase().includes(words))
        && (!asked.kind || kind === asked.kind) && (!asked.side || a === asked.side || b === asked.side)
        && (!asked.since || (day && day >= asked.since)) && (!asked.until || (day && day <= asked.until))) : [];
      found.textContent = !set.length ? all : hits.length ? `${hits.length.toLocaleString("en")} ${hits.length === 1 ? "entry" : "entries"}, newest first`
        : "Nothing fits all filters. Take one away, or widen the days.";
      show();
      if (!set.length) more.hidden = true;
    };
    const given = new URLSearchParams(location.search);
    for (const name of fields) if (given.has(name)) form.elements[name].value = given.get(name);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", run);
    more.addEventListener("click", show);
    run();
  };

  if (document.querySelector("script.spec")) { draw(); dark.addEventListener("change", draw); }
  const form = document.getElementById("search");
  if (form) search(form);
})();
