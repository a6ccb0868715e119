"use strict";
// Filters over the matrix and the sections. Their state is the URL's fragment (#severity=high&live=fail&q=nat&at=c-…),
// so a view can be sent to someone. Without this script the page holds the same content, unfiltered.
(() => {
  const form = document.getElementById("filters");
  const sections = [...document.querySelectorAll("details.control")];
  if (!form) return;
  const fields = [...form.querySelectorAll("input[name], select[name]")];
  const output = form.querySelector("output");
  const entries = sections.map((section) => ({ section, anchor: section.querySelector(".body").id, text: null }));
  const rows = new Map([...document.querySelectorAll("tr[data-for]")].map((row) => [row.dataset.for, row]));
  const entryOf = new Map(entries.map((entry) => [entry.anchor, entry]));
  form.hidden = false;
  for (const tools of document.querySelectorAll(".tools")) tools.hidden = false;

  // What a person would search in a control: everything it says. Read once, and only if someone searches.
  const textOf = (entry) => (entry.text ??= entry.section.textContent.toLowerCase());

  const decode = (text) => {
    try {
      return decodeURIComponent(text.replaceAll("+", " "));
    } catch {
      return text;
    }
  };

  const readHash = () => {
    const hash = location.hash.slice(1);
    const choice = {};
    if (!hash.includes("=")) return { choice, at: decode(hash), filter: hash === "" };
    for (const pair of hash.split("&")) {
      const cut = pair.indexOf("=");
      if (cut > 0) choice[decode(pair.slice(0, cut))] = decode(pair.slice(cut + 1));
    }
    return { choice, at: choice.at ?? "", filter: true };
  };

  const writeHash = (at) => {
    const pairs = fields.filter((field) => field.value).map((field) => `${field.name}=${encodeURIComponent(field.value)}`);
    if (at) pairs.push(`at=${encodeURIComponent(at)}`);
    history.replaceState(null, "", pairs.length ? `#${pairs.join("&")}` : location.pathname + location.search);
  };

  const apply = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = fields.filter((field) => field.name !== "q" && field.value);
    let shown = 0;
    for (const entry of entries) {
      const data = entry.section.dataset;
      const fits =
        wanted.every((field) => field.value.split(",").includes(data[field.name] ?? "")) &&
        (words.length === 0 || words.every((word) => textOf(entry).includes(word)));
      entry.section.hidden = !fits;
      const row = rows.get(entry.anchor);
      if (row) row.hidden = !fits;
      shown += fits;
    }
    for (const field of fields) field.classList.toggle("on", Boolean(field.value));
    output.textContent = output.dataset.pattern.replace("{shown}", shown).replace("{all}", entries.length);
  };

  // A value that is not in the list (several of them, joined by commas) is added, so that any link works.
  const choose = (field, value) => {
    if (field.tagName === "SELECT" && value && ![...field.options].some((option) => option.value === value)) {
      field.add(new Option(value.replaceAll(",", " + "), value));
    }
    field.value = value;
  };

  const show = (anchor) => {
    const entry = entryOf.get(anchor);
    if (!entry) {
      document.getElementById(anchor)?.scrollIntoView({ block: "start" });
      return;
    }
    entry.section.hidden = false;
    entry.section.open = true;
    entry.section.querySelector("summary").focus({ preventScroll: true });
    entry.section.scrollIntoView({ block: "start" });
  };

  const follow = () => {
    const { choice, at, filter } = readHash();
    if (filter) {
      for (const field of fields) choose(field, choice[field.name] ?? "");
      apply();
    }
    if (at) show(at);
    else if (filter && location.hash) document.getElementById("matrix").scrollIntoView({ block: "start" });
  };

  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      apply();
      writeHash("");
    }, 60);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    setTimeout(() => {
      apply();
      writeHash("");
    });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']:not(.skip)");
    if (!link || link.hash.includes("=")) return;
    event.preventDefault();
    const anchor = decode(link.getAttribute("href").slice(1));
    show(anchor);
    writeHash(anchor);
  });
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      for (const section of sections) if (!section.hidden) section.open = button.dataset.open === "1";
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      event.preventDefault();
      form.elements.q.focus();
    }
  });
  window.addEventListener("beforeprint", () => {
    for (const section of sections) if (!section.hidden) section.open = true;
  });
  window.addEventListener("hashchange", follow);
  apply();
  follow();
})();
