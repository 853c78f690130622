// Dropping pictures, following them, comparing them. Without this file the form works as a form.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const form = at("compress");
  const [input, list, drop] = [at("files"), at("list"), at("drop")];
  const [start, cancel, again, zip] = [at("start"), at("cancel"), at("again"), at("zip")];
  const [announce, problem, total] = [at("announce"), at("problem"), at("total")];
  const csrf = form.elements.csrf.value;
  const maxFiles = Number(form.dataset.maxFiles);
  const maxBytes = Number(form.dataset.maxBytes);
  const stages = {
    sent: "Uploaded", queued: "Waiting for its turn", working: "Compressing", storing: "Storing",
    done: "Compressed", failed: "Could not be compressed",
  };
  const perRequest = Number(form.dataset.filesPerRequest);
  let pictures = [];
  let batch = null;

  form.classList.add("live");
  input.required = false;
  input.multiple = true;
  refresh();

  // Choosing.

  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (event) => {
      if (!event.dataTransfer || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    drop.classList.remove("over");
    if (!event.dataTransfer || !event.dataTransfer.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData && event.clipboardData.files.length) add(event.clipboardData.files);
  });

  function add(files) {
    if (batch) return;
    if (pictures.some((picture) => picture.result || picture.error)) clear();
    hideProblem();
    const tooLarge = [];
    for (const file of files) {
      if (pictures.length >= maxFiles) {
        showProblem(`At most ${maxFiles} pictures at once; the rest was left out.`);
        break;
      }
      if (file.size > maxBytes) tooLarge.push(file.name);
      else pictures.push(picture(file));
    }
    if (tooLarge.length) {
      showProblem(`Larger than ${form.dataset.maxSize}, and left out: ${tooLarge.join(", ")}`);
    }
    refresh();
    say(`${count(pictures.length)} chosen`);
  }

  function picture(file) {
    const row = element("li", "picture");
    const url = URL.createObjectURL(file);
    const thumb = element("img", "thumb");
    thumb.alt = "";
    thumb.addEventListener("error", () => thumb.replaceWith(element("span", "thumb")), { once: true });
    thumb.src = url;
    const text = element("div", "picture-text");
    const name = element("p", "name", file.name);
    name.title = file.name;
    const facts = element("p", "muted small", size(file.size));
    text.append(name, facts);
    const actions = element("div", "picture-actions");
    const own = { file, row, url, facts, actions };
    actions.append(remover(own));
    row.append(thumb, text, actions);
    list.append(row);
    return own;
  }

  function remover(own) {
    const remove = element("button", "button quiet icon", "✕");
    remove.type = "button";
    remove.title = "Remove";
    remove.setAttribute("aria-label", `Remove ${own.file.name}`);
    remove.addEventListener("click", () => {
      pictures = pictures.filter((other) => other !== own);
      discard(own);
      refresh();
      input.focus();
    });
    return remove;
  }

  function discard(own) {
    URL.revokeObjectURL(own.url);
    own.row.remove();
  }

  function clear() {
    pictures.forEach(discard);
    pictures = [];
    hideProblem();
    total.hidden = true;
    refresh();
  }

  // Sending.

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (batch || !pictures.length) return;
    send();
  });
  cancel.addEventListener("click", () => {
    if (!batch) return;
    batch.stopped = batch.cancelled = true;
    for (const run of [...batch.runs]) run.request.abort();
  });
  again.addEventListener("click", () => {
    clear();
    input.focus();
  });

  // A plan may take fewer pictures in a request than are chosen: then there are several requests, two
  // at a time.
  function send() {
    hideProblem();
    const session = random();
    form.elements.sessionId.value = session;
    // Read before the options are locked: what is locked is in no form's data.
    const fields = [...new FormData(form)].filter(([name, value]) =>
      name !== "file" && value !== "" && !(value instanceof File && !value.size));
    const groups = [];
    for (let first = 0; first < pictures.length; first += perRequest) {
      groups.push(pictures.slice(first, first + perRequest));
    }
    for (const own of pictures) {
      own.error = null;
      own.actions.replaceChildren();
      tell(own, "Waiting to be uploaded", false);
    }
    batch = { session, fields, groups, runs: new Set(), stopped: false, usage: null };
    refresh();
    say(`Uploading ${count(pictures.length)}`);
    next();
    next();
  }

  function next() {
    if (!batch) return;
    const group = batch.stopped ? null : batch.groups.shift();
    if (group) upload(group);
    else if (!batch.runs.size) finish();
  }

  function upload(group) {
    const run = { group, id: random(), request: new XMLHttpRequest(), events: null };
    const data = new FormData();
    for (const [name, value] of batch.fields) data.append(name, value);
    for (const own of group) {
      data.append("file", own.file, own.file.name);
      own.bar = element("progress");
      own.bar.max = own.file.size;
      own.bar.value = 0;
      own.bar.setAttribute("aria-label", `Upload of ${own.file.name}`);
      own.row.append(own.bar);
      tell(own, "Uploading", true);
    }
    batch.runs.add(run);
    follow(run);
    const request = run.request;
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => uploaded(group, event));
    request.upload.addEventListener("load", () => {
      for (const own of group) if (!own.stage) stage(own, "sent");
    });
    request.addEventListener("load", () => answered(run));
    request.addEventListener("error", () => failed(run, "The server could not be reached."));
    request.addEventListener("abort", () => failed(run, "Cancelled."));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("X-Run-Id", run.id);
    request.send(data);
  }

  // The files lie in the body one after the other, at its end.
  function uploaded(group, event) {
    if (!event.lengthComputable) return;
    let left = event.loaded - (event.total - group.reduce((sum, own) => sum + own.file.size, 0));
    for (const own of group) {
      if (own.bar) own.bar.value = Math.max(0, Math.min(own.file.size, left));
      left -= own.file.size;
    }
  }

  function follow(run) {
    if (!window.EventSource) return;
    run.events = new EventSource(`/compress/progress?run=${run.id}`);
    run.events.onmessage = (event) => {
      const news = JSON.parse(event.data);
      const own = run.group[news.picture];
      if (own && batch && batch.runs.has(run)) stage(own, news.stage);
    };
    run.events.addEventListener("over", () => run.events.close());
  }

  function stage(own, name) {
    own.stage = name;
    unbar(own);
    tell(own, stages[name] || name, name !== "failed");
  }

  function unbar(own) {
    if (own.bar) own.bar.remove();
    own.bar = null;
  }

  function tell(own, text, busy) {
    own.facts.className = "muted small";
    own.facts.replaceChildren(size(own.file.size), " · ");
    if (busy) own.facts.append(element("span", "busy"));
    own.facts.append(text);
  }

  function ended(run) {
    if (run.events) run.events.close();
    batch.runs.delete(run);
    for (const own of run.group) {
      unbar(own);
      own.stage = null;
    }
  }

  function failed(run, text) {
    ended(run);
    for (const own of run.group) fail(own, text);
    next();
  }

  function fail(own, text) {
    own.error = text;
    own.facts.className = "bad small";
    own.facts.textContent = text;
  }

  function answered(run) {
    const done = run.request;
    const body = done.response || {};
    if (body.results) {
      ended(run);
      body.results.forEach((entry, number) => show(run.group[number], entry));
      if (body.usage) batch.usage = body.usage;
      next();
      return;
    }
    // What refuses one request refuses the rest too, unless it is about the file itself.
    if ([401, 402, 403, 429, 503].includes(done.status)) batch.stopped = true;
    if (done.status === 401) {
      showProblem("You are signed out. ");
      problem.append(link("/sign-in?next=/compress", "Sign in"), ", then send the pictures once more.");
    }
    const reason = sentence(body.detail || body.title || `The server answered ${done.status}`);
    if (body.upgradeUrl) {
      showProblem(reason);
      problem.append(" ", link(body.upgradeUrl, "Upgrade"));
    }
    const wait = done.getResponseHeader("Retry-After");
    const later = done.status === 429 && wait > 3600 ? ` They reset on ${form.dataset.resets}.`
      : wait ? ` Try again in ${wait} seconds.` : "";
    failed(run, reason + later);
  }

  function finish() {
    for (const group of batch.groups) for (const own of group) fail(own, "Not sent.");
    const { session, usage, cancelled } = batch;
    batch = null;
    summarize(session, usage, cancelled);
    refresh();
  }

  // Showing.

  function show(own, entry) {
    if (!own) return;
    if (entry.problem) {
      fail(own, sentence(entry.problem.detail));
      return;
    }
    own.result = entry;
    const url = local(entry.downloadUrl);
    const facts = [`${size(entry.originalSize)} → ${size(entry.size)}`, entry.format.toUpperCase(), `${entry.width}\u00a0×\u00a0${entry.height}`];
    if (entry.score !== undefined) facts.push(`score ${entry.score}`);
    if (entry.unchanged) facts.push("kept as it was");
    const good = entry.size < entry.originalSize ? "good" : "";
    const saved = element("strong", good, change(entry.originalSize, entry.size));
    own.facts.className = "muted small";
    own.facts.replaceChildren(saved, " · ", facts.join(" · "));
    const compare = element("button", "button quiet", "Compare");
    compare.type = "button";
    compare.append(element("span", "sr", ` ${entry.originalName}`));
    compare.hidden = true;
    compare.addEventListener("click", () => openCompare(own, url));
    const save = link(url, "Download");
    save.className = "button quiet";
    save.download = entry.name;
    save.append(element("span", "sr", ` ${entry.name}`));
    own.actions.replaceChildren(compare, save);
    // Only where the browser can show both, and nothing moves.
    const probe = new Image();
    probe.addEventListener("load", () => { compare.hidden = entry.frames > 1; });
    probe.src = own.url;
  }

  function summarize(session, usage, cancelled) {
    const done = pictures.filter((own) => own.result).map((own) => own.result);
    const failed = pictures.length - done.length;
    const before = done.reduce((sum, entry) => sum + entry.originalSize, 0);
    const after = done.reduce((sum, entry) => sum + entry.size, 0);
    let text = done.length
      ? `${count(done.length)}, ${size(before)} → ${size(after)}, ${change(before, after)}`
      : cancelled ? "Cancelled" : "No picture could be compressed";
    if (failed && done.length) text += `; ${count(failed)} could not be compressed`;
    total.textContent = text;
    total.hidden = false;
    zip.href = `/compress/${encodeURIComponent(session)}.zip`;
    const credits = at("credits");
    if (usage && credits.children.length) {
      const left = Math.max(0, usage.compressor_limit - usage.compressor_used);
      const [some, all] = [left, usage.compressor_limit].map((number) => number.toLocaleString("en-US"));
      credits.firstChild.textContent = `${some} of ${all} left until `;
    }
    say(text);
  }

  function refresh() {
    const busy = Boolean(batch);
    const focused = document.activeElement;
    const over = pictures.some((own) => own.result || own.error);
    const done = pictures.some((own) => own.result);
    drop.classList.toggle("small", pictures.length > 0);
    drop.hidden = busy || over;
    at("options").disabled = busy;
    // What failed as a whole is sent again as it stands.
    start.hidden = busy || done || !pictures.length;
    start.textContent = over ? "Try again" : `Compress ${count(pictures.length)}`;
    cancel.hidden = !busy;
    again.hidden = busy || !over;
    zip.hidden = busy || pictures.filter((own) => own.result).length < 2;
    if (!busy) curl();
    // What was focused may be gone: a keyboard goes on at what took its place.
    if (focused && focused.closest("[hidden], :disabled")) {
      (busy ? cancel : over ? again : input).focus();
    }
  }

  // Before and after.

  const [dialog, range] = [at("compare"), at("compare-range")];
  range.addEventListener("input", cut);

  function openCompare(own, url) {
    const before = at("compare-before");
    before.onload = () => fit(before.naturalWidth / before.naturalHeight);
    before.src = own.url;
    at("compare-after").src = url;
    at("compare-title").textContent = own.file.name;
    range.value = 50;
    cut();
    dialog.showModal();
    range.focus();
  }

  // The box has the picture's own shape, so that both halves meet.
  function fit(shape) {
    const box = at("compare-box");
    box.style.aspectRatio = String(shape);
    box.style.width = `min(100%, ${(65 * shape).toFixed(2)}vh)`;
  }

  function cut() {
    at("compare-before").style.clipPath = `inset(0 ${100 - range.value}% 0 0)`;
    at("compare-line").style.left = `${range.value}%`;
    range.setAttribute("aria-valuetext", `${range.value} % before`);
  }

  // The same with curl.

  form.addEventListener("change", curl);

  function curl() {
    const line = at("curl-line");
    if (!line) return;
    // No more than one request of the plan may hold.
    const names = pictures.slice(0, perRequest).map((own) => own.file.name);
    if (!names.length) names.push("photo.jpg");
    const parts = names.map((name) => `file=@${path(name)}`);
    for (const [name, value] of new FormData(form)) {
      if (name === "csrf" || name === "sessionId" || name === "file") continue;
      if (value instanceof File) {
        if (value.size) parts.push(`${name}=@${path(value.name)}`);
      } else if (value !== "" && !isDefault(name)) parts.push(`${name}=${value}`);
    }
    line.textContent = [`curl -X POST ${form.dataset.base}/api/compress`, '-H "Authorization: Bearer $FLX_KEY"']
      .concat(parts.map((part) => `-F ${quote(part)}`)).join(" \\\n     ");
  }

  // The two that everybody wants to see are always there.
  function isDefault(name) {
    const field = form.elements[name];
    if (name === "format" || name === "quality") return false;
    const watermark = form.elements.watermarkFile;
    if (name.startsWith("watermark")) return !watermark || !watermark.files.length;
    if (field.tagName === "SELECT") return field.options[field.selectedIndex].defaultSelected;
    return field.value === field.defaultValue;
  }

  // To curl a comma or a semicolon ends a path, unless the path is in quotes.
  function path(name) {
    if (!/[",;]|^\s|\s$/.test(name)) return name;
    return `"${name.replace(/["\\]/g, "\\$&")}"`;
  }

  function quote(text) {
    return `'${text.replaceAll("'", "'\\''")}'`;
  }

  // Words.

  function size(bytes) {
    if (bytes < 1000) return `${bytes} B`;
    const units = ["kB", "MB", "GB"];
    let value = bytes / 1000;
    while (value >= 999.5 && units.length > 1) {
      value /= 1000;
      units.shift();
    }
    return `${value < 99.95 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0)} ${units[0]}`;
  }

  function change(before, after) {
    const percent = Math.round((1 - after / Math.max(before, 1)) * 100);
    if (percent > 0) return `${percent} % saved`;
    if (after < before) return "less than 1 % saved";
    return percent < 0 ? `${-percent} % larger` : "not smaller";
  }

  function count(number) {
    return number === 1 ? "1 picture" : `${number} pictures`;
  }

  function sentence(text) {
    return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
  }

  function say(text) {
    announce.textContent = text;
  }

  function showProblem(text) {
    problem.textContent = text;
    problem.hidden = false;
  }

  function hideProblem() {
    problem.hidden = true;
    problem.textContent = "";
  }

  function local(url) {
    const there = new URL(url, location.href);
    return there.pathname + there.search;
  }

  function link(url, text) {
    const made = element("a", "", text);
    made.href = url;
    return made;
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function random() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
})();
