"use strict";
{
  const frames = Number(document.body.dataset.frames);
  const rate = Number(document.body.dataset.rate);
  const filmBegin = Number(document.body.dataset.first);
  const film = document.querySelector("#film");
  const filters = document.querySelector("#filters");
  const rows = [...document.querySelectorAll(".row")].map((element) => ({
    element,
    bars: [...element.querySelectorAll(".bar")].map((bar) => [
      Number(bar.dataset.first),
      Number(bar.dataset.last),
    ]),
  }));
  const TICKS = 6;
  let current = 0;
  let nextLook = 0;

  // The current frame: the film, the moving lines and the rows all show it.

  function showFrame(frame) {
    if (frame === current) return;
    current = frame;
    document.documentElement.style.setProperty("--now", (frame - 0.5) / frames);
    document.querySelector("#position").value =
      `frame ${frame} of ${frames} · ${((frame - 1) / rate).toFixed(2)} s`;
    for (const { element, bars } of rows) {
      const isVisible = bars.some(([first, last]) => first <= frame && frame <= last);
      element.classList.toggle("visible", isVisible);
    }
  }

  function goTo(frame) {
    frame = Math.min(Math.max(frame, 1), frames);
    // Seek to the middle of the frame, so that rounding never shows the frame before.
    if (film) film.currentTime = (frame - filmBegin + 0.5) / rate;
    showFrame(frame);
    for (const timeline of document.querySelectorAll(".timeline")) followLine(timeline);
  }

  function followLine(timeline) {
    const line = timeline.querySelector(".now").offsetLeft - timeline.scrollLeft;
    const names = timeline.querySelector(".axis").offsetLeft;
    if (line < names || line > timeline.clientWidth) {
      timeline.scrollLeft += line - (names + timeline.clientWidth) / 2;
    }
  }

  function followFilm() {
    cancelAnimationFrame(nextLook);
    showFrame(Math.min(Math.floor(film.currentTime * rate + 1e-6) + filmBegin, frames));
    if (!film.paused && !film.ended) nextLook = requestAnimationFrame(followFilm);
  }

  function loadFilm() {
    const text = document.querySelector("#film-data").textContent;
    const size = 1 << 20; // Letters; divisible by 4, so that each part is valid base64.
    const parts = [];
    for (let start = 0; start < text.length; start += size) {
      const letters = atob(text.slice(start, start + size));
      parts.push(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
    }
    film.src = URL.createObjectURL(new Blob(parts, { type: "video/mp4" }));
  }

  function showTrouble() {
    const trouble = document.querySelector("#trouble");
    trouble.textContent = "This browser cannot play the film, which is H.264 in an mp4.";
    trouble.hidden = false;
  }

  // The filters choose the rows, pictures and switches that are shown.

  function parseTracks(text) {
    const words = text.split(/[\s,;]+/).filter(Boolean);
    const ranges = words.map((word) => /^(\d+)(?:[-–](\d+))?$/.exec(word));
    if (ranges.includes(null)) return null;
    return ranges.map(([, first, last = first]) => [Number(first), Number(last)]);
  }

  function applyFilters() {
    const ranges = parseTracks(filters.tracks.value);
    filters.tracks.setAttribute("aria-invalid", ranges === null);
    const isNamed = (track) => ranges.some(([first, last]) => first <= track && track <= last);
    const length = filters.least.valueAsNumber || 0;
    const wantsSwitches = filters.switches?.checked ?? false;
    for (const element of document.querySelectorAll("[data-tracks]")) {
      const { tracks, length: frames = Infinity, switches } = element.dataset;
      element.hidden =
        Number(frames) < length ||
        (wantsSwitches && switches === "0") ||
        (ranges?.length > 0 && !tracks.split(" ").map(Number).some(isNamed));
    }
    const all = document.querySelectorAll("#tracks .row").length;
    const shown = document.querySelectorAll("#tracks .row:not([hidden])").length;
    document.querySelector("#shown").value = `${shown} of ${all} tracks`;
  }

  function applyZoom() {
    const zoom = Number(filters.zoom.value);
    document.documentElement.style.setProperty("--zoom", zoom);
    const numbers = roundNumbers(frames / (TICKS * zoom));
    for (const timeline of document.querySelectorAll(".timeline")) {
      timeline.querySelector(".axis").replaceChildren(...numbers.map(makeTick));
      followLine(timeline);
    }
  }

  function roundNumbers(leastStep) {
    const power = 10 ** Math.floor(Math.log10(leastStep));
    const digit = [1, 2, 5, 10].find((digit) => digit * power >= leastStep);
    const step = Math.max(1, digit * power);
    const count = Math.floor(frames / step);
    return [...new Set([1, ...Array.from({ length: count }, (_, number) => step * (number + 1))])];
  }

  function makeTick(frame) {
    const tick = document.createElement("span");
    tick.textContent = frame;
    tick.style.left = `${(100 * (frame - 0.5)) / frames}%`;
    return tick;
  }

  // Corrections: marked at the current frame, kept in a list, saved as a file for correct.py.

  const KINDS = { swap: 2, merge: 2, split: 1, false: 1 };
  const marking = document.querySelector("#marking");
  let edits = [];

  function chooseTrack(track) {
    const { one, other } = marking;
    const isSecond = one.value !== "" && other.value === "" && one.value !== track;
    (isSecond ? other : one).value = track;
    if (!isSecond) other.value = "";
    markChosen();
  }

  function markChosen() {
    const chosen = [marking.one.value, marking.other.value].filter(Boolean);
    for (const row of document.querySelectorAll("#tracks .row")) {
      row.classList.toggle("chosen", chosen.includes(row.dataset.tracks));
    }
  }

  function mark(kind, frame, ids) {
    const known = ids.filter((id) => document.querySelector(`#track-${id}`));
    const refusal = document.querySelector("#refusal");
    const isComplete = new Set(known).size === KINDS[kind];
    refusal.hidden = isComplete;
    refusal.textContent = `A ${kind} needs ${KINDS[kind] === 2 ? "two different tracks" : "one track"}.`;
    if (!isComplete) return;
    edits.push({ kind, frame, ids: known });
    marking.reset();
    markChosen();
    listEdits();
  }

  function markHere(kind) {
    const names = KINDS[kind] === 2 ? ["one", "other"] : ["one"];
    const ids = names.map((name) => marking[name].value).filter(Boolean);
    mark(kind, current, ids.map(Number));
  }

  function listEdits() {
    const items = edits.map(({ kind, frame, ids }, place) => {
      const item = document.createElement("li");
      const jump = document.createElement("button");
      jump.type = "button";
      jump.dataset.frame = frame;
      jump.textContent = `${kind} ${ids.join(" and ")} in frame ${frame}`;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.dataset.remove = place;
      remove.textContent = "Remove";
      item.append(jump, remove);
      return item;
    });
    document.querySelector("#edits").replaceChildren(...items);
    const count = edits.length;
    document.querySelector("#marked").value =
      count === 0 ? "no edits" : `${count} edit${count === 1 ? "" : "s"}`;
    document.querySelector("#save").hidden = count === 0;
  }

  function saveEdits() {
    const { results, digest } = document.body.dataset;
    const content = { results, sha256: digest, edits };
    const text = JSON.stringify(content, null, 1) + "\n";
    download(nameOf("edits.json"), new Blob([text], { type: "application/json" }));
  }

  // Downloads: files that the browser makes from the contents of the page.

  function nameOf(ending) {
    return document.body.dataset.results.replace(/(\.txt)?$/, `.${ending}`);
  }

  function download(name, blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    // The browser may begin the download a moment later.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function downloadTable(name) {
    const text = document.getElementById(`table-${name}`).textContent;
    download(nameOf(name), new Blob([text], { type: "text/csv" }));
  }

  function downloadPictures() {
    const images = [...document.querySelectorAll(".strip img")];
    const files = images.map(({ id, src }) => {
      const letters = atob(src.slice(src.indexOf(",") + 1));
      const [, track, frame] = id.split("-");
      const data = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
      return { name: `track-${track}/frame-${frame.padStart(6, "0")}.jpg`, data };
    });
    download(nameOf("pictures.zip"), zip(files));
  }

  // A zip archive whose files are stored as they are: JPEG files do not get smaller.

  function zip(files) {
    const parts = [];
    const entries = [];
    let place = 0;
    for (const { name, data } of files) {
      const title = new TextEncoder().encode(name);
      const facts = [20, 0, 0, 0, 0x21, crc32(data), data.length, data.length, title.length, 0];
      const sizes = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2];
      const local = [littleEndian([0x04034b50], [4]), littleEndian(facts, sizes), title, data];
      entries.push(
        littleEndian([0x02014b50, 20], [4, 2]),
        littleEndian([...facts, 0, 0, 0, 0, place], [...sizes, 2, 2, 2, 4, 4]),
        title,
      );
      parts.push(...local);
      place += local.reduce((sum, part) => sum + part.length, 0);
    }
    const length = entries.reduce((sum, part) => sum + part.length, 0);
    const count = files.length;
    const end = littleEndian(
      [0x06054b50, 0, 0, count, count, length, place, 0],
      [4, 2, 2, 2, 2, 4, 4, 2],
    );
    return new Blob([...parts, ...entries, end], { type: "application/zip" });
  }

  function littleEndian(values, sizes) {
    const bytes = values.flatMap((value, number) =>
      Array.from({ length: sizes[number] }, (_, byte) => Math.floor(value / 256 ** byte) & 255),
    );
    return Uint8Array.from(bytes);
  }

  function crc32(data) {
    let remainder = ~0;
    for (const byte of data) {
      remainder ^= byte;
      for (let bit = 0; bit < 8; bit++) {
        remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
      }
    }
    return ~remainder >>> 0;
  }

  // Keys: the film, and the moments in doubt in the order of time.

  const moments = [...document.querySelectorAll(".moment .crops")].map((button) =>
    Number(button.dataset.frame),
  );
  moments.sort((one, other) => one - other);

  function goToMoment(step) {
    const ahead = step > 0 ? moments.find((frame) => frame > current)
      : moments.findLast((frame) => frame < current);
    if (ahead) goTo(ahead);
  }

  function followKey(event) {
    const isTyping = event.target.closest("input, summary, video");
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.shiftKey ? Math.round(rate) : 1;
    const actions = {
      ArrowLeft: () => goTo(current - step),
      ArrowRight: () => goTo(current + step),
      n: () => goToMoment(1),
      p: () => goToMoment(-1),
      // On a button, the space key presses it.
      " ": event.target.closest("button, a") ? null : () => film && (film.paused ? film.play() : film.pause()),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  document.addEventListener("click", (event) => {
    const { kind, at, ids, remove, table } = event.target.dataset;
    const name = event.target.closest("#tracks .who");
    if (kind) {
      if (at) {
        mark(kind, Number(at), ids.split(" ").map(Number));
        document.querySelector("#correct").open = true;
      } else {
        markHere(kind);
      }
      return;
    }
    if (table) {
      downloadTable(table);
      return;
    }
    if (remove) {
      edits.splice(Number(remove), 1);
      listEdits();
      return;
    }
    if (name && document.querySelector("#correct").open) {
      chooseTrack(name.closest(".row").dataset.tracks);
      return;
    }
    const jump = event.target.closest("[data-frame]");
    const lane = event.target.closest(".lane");
    if (jump) {
      goTo(Number(jump.dataset.frame));
    } else if (lane) {
      const { left, width } = lane.getBoundingClientRect();
      goTo(Math.floor((frames * (event.clientX - left)) / width) + 1);
    }
  });
  document.querySelector("#back").addEventListener("click", () => goTo(current - 1));
  document.querySelector("#on").addEventListener("click", () => goTo(current + 1));
  document.querySelector("#save").addEventListener("click", saveEdits);
  document.querySelector("#crops")?.addEventListener("click", downloadPictures);
  document.addEventListener("keydown", followKey);
  marking.addEventListener("input", markChosen);
  marking.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("input", applyFilters);
  filters.zoom.addEventListener("input", applyZoom);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("reset", () => setTimeout(() => (applyFilters(), applyZoom())));
  for (const image of document.querySelectorAll("img[data-copy]")) {
    image.src = document.getElementById(image.dataset.copy).src;
  }
  // On a phone the filters start closed: the film and the rows need the space.
  document.querySelector("#filtering").open = matchMedia("(min-width: 68rem)").matches;
  if (film) {
    film.addEventListener("play", followFilm);
    film.addEventListener("seeked", followFilm);
    film.addEventListener("error", showTrouble);
    loadFilm();
  }
  applyZoom();
  showFrame(1);
}
