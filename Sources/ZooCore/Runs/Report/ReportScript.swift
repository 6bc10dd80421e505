/// What moves in a report: curves under the pointer, smoothing, the log scale, films.
enum ReportScript {
  static let javaScript = #"""
    "use strict";

    const read = (id) => JSON.parse(document.getElementById(id).textContent);

    // ---- Numbers ----

    function show(value) {
      if (value === null || value === undefined) return "not finite";
      const size = Math.abs(value);
      if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
        return value.toExponential(2).replace("e+", "e");
      }
      // What stands before the point is not rounded away.
      if (size >= 1e4) return String(Math.round(value));
      return String(Number(value.toPrecision(4)));
    }

    function short(value) {
      const size = Math.abs(value);
      if (size >= 1e9 || (size !== 0 && size < 1e-4)) {
        return Number(value.toPrecision(3)).toExponential().replace("e+", "e");
      }
      if (size >= 1e6) return Number((value / 1e6).toPrecision(5)) + "M";
      if (size >= 1e4) return Number((value / 1e3).toPrecision(5)) + "k";
      return String(Number(value.toPrecision(5)));
    }

    /// About `count` multiples of 1, 2 or 5 times a power of ten.
    function ticks(low, high, count) {
      const rough = (high - low) / count;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough * 0.7);
      const first = Math.ceil(low / step), last = Math.floor(high / step);
      const result = [];
      for (let k = first; k <= last && result.length < 50; k++) result.push(k * step);
      return result;
    }

    /// From numbers to 0…1: linear, logarithmic, or, around zero, logarithmic on both sides.
    function scale(low, high, logarithmic) {
      let map = (v) => v, marks;
      if (logarithmic) {
        const reach = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high)) || 1));
        const unit = low > 0 ? 0 : 10 ** Math.max(reach - 3, -300);
        map = low > 0 ? Math.log10
          : (v) => Math.sign(v) * Math.log10(1 + Math.abs(v) / unit);
        const factors = low > 0 && high / low < 100 ? [1, 2, 5] : [1];
        const first = low > 0 ? Math.floor(Math.log10(low)) : reach - 2;
        const skip = Math.max(1, Math.ceil((reach - first + 1) / 8));
        marks = low > 0 ? [] : [0];
        for (let k = first; k <= reach; k += skip) {
          for (const f of factors) marks.push(f * 10 ** k, ...(low > 0 ? [] : [-f * 10 ** k]));
        }
      } else {
        marks = ticks(low, high, 5);
      }
      let bottom = map(low), top = map(high);
      const room = (top - bottom) * 0.05 || Math.abs(top) * 0.05 || 1;
      bottom -= room;
      top += room;
      if (!marks.length) marks = [low];
      const place = (v) => (map(v) - bottom) / (top - bottom);
      return { place, marks: marks.filter((v) => place(v) >= 0 && place(v) <= 1) };
    }

    /// Exponential means of what came before, without a bias towards zero; gaps stay gaps.
    function smooth(values, weight) {
      let sum = 0, total = 0;
      return values.map((v) => {
        if (v === null) return null;
        sum = sum * weight + v * (1 - weight);
        total = total * weight + (1 - weight);
        return sum / total;
      });
    }

    /// The index of the entry that is nearest to x in a rising list.
    function nearest(list, x) {
      let low = 0, high = list.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (list[middle] < x) low = middle + 1; else high = middle;
      }
      return low > 0 && x - list[low - 1] < list[low] - x ? low - 1 : low;
    }

    // ---- Curves ----

    const smoothing = document.getElementById("smoothing");
    const logScale = document.getElementById("log");

    function chart(figure, series) {
      const svg = figure.querySelector("svg");
      const caption = figure.querySelector("figcaption span");
      const values = figure.querySelectorAll("dd");
      const lastValues = [...values].map((value) => value.textContent);
      const steps = series.flatMap((s) => [s.steps[0], s.steps[s.steps.length - 1]]);
      const first = Math.min(...steps), last = Math.max(...steps, first + 1);
      const bottomRoom = 24;
      let area, x, y, cursor;

      function add(name, attributes, parent = svg) {
        const element = document.createElementNS(svg.namespaceURI, name);
        for (const key in attributes) element.setAttribute(key, attributes[key]);
        parent.append(element);
        return element;
      }

      function label(text, attributes) { add("text", attributes).textContent = text; }

      function path(list, numbers) {
        let d = "", pen = "M";
        list.forEach((step, i) => {
          if (numbers[i] === null) { pen = "M"; return; }
          // A lone point is a line of no length, which round caps make visible.
          const lone = pen === "M" && (numbers[i + 1] ?? null) === null;
          d += `${pen}${x(step).toFixed(1)} ${y(numbers[i]).toFixed(1)}${lone ? "h.1" : ""}`;
          pen = "L";
        });
        return d;
      }

      function band(s) {
        // One closed shape for each stretch without gaps.
        let d = "", from = 0;
        for (let i = 0; i <= s.steps.length; i++) {
          if (i < s.steps.length && s.mean[i] !== null) continue;
          if (i - from > 1) {
            const up = s.steps.slice(from, i), down = [...up].reverse();
            d += path(up, s.high.slice(from, i))
              + path(down, s.low.slice(from, i).reverse()).replace("M", "L") + "Z";
          }
          from = i + 1;
        }
        return d;
      }

      function draw() {
        const width = svg.clientWidth, height = svg.clientHeight;
        if (!width) return;
        svg.replaceChildren();
        const finite = series.flatMap((s) => [...(s.low ?? s.mean), ...(s.high ?? s.mean)])
          .filter((v) => v !== null);
        const low = finite.length ? finite.reduce((a, b) => Math.min(a, b)) : 0;
        const high = finite.length ? finite.reduce((a, b) => Math.max(a, b)) : 1;
        const vertical = scale(low, high, logScale.checked || !isFinite((high - low) * 2));
        const names = vertical.marks.map(short);
        const left = Math.max(...names.map((n) => n.length), 2) * 7 + 10;
        area = { left, right: width - 6, top: 6, bottom: height - bottomRoom };
        x = (step) => left + (step - first) / (last - first) * (area.right - left);
        y = (v) => area.bottom - vertical.place(v) * (area.bottom - area.top);

        vertical.marks.forEach((v, i) => {
          add("path", { class: "grid", d: `M${left} ${y(v)}H${area.right}` });
          label(names[i], { x: left - 8, y: y(v), dy: ".35em", "text-anchor": "end" });
        });
        for (const step of ticks(first, last, Math.max(2, Math.floor(width / 110)))) {
          if (step % 1) continue;
          const anchor = x(step) > area.right - 16 ? "end" : "middle";
          label(short(step), { x: x(step), y: height - 4, "text-anchor": anchor });
        }
        for (const s of series) {
          // A few points show their trend themselves.
          const weight = s.steps.length > 40 ? Number(smoothing.value) : 0;
          const colour = `s${s.colour % 8}${s.colour % 16 > 7 ? " dashed" : ""}`;
          const caps = { "stroke-linecap": "round" };
          if (s.low) add("path", { class: `band ${colour}`, d: band(s) });
          if (weight) {
            add("path", { class: `line raw ${colour}`, d: path(s.steps, s.mean), ...caps });
          }
          add("path", { class: `line ${colour}`, d: path(s.steps, smooth(s.mean, weight)), ...caps });
          for (const step of s.odd) {
            const mark = add("path", {
              class: "odd", d: `M${x(step) - 4} ${area.bottom - 4}l8 8m0 -8l-8 8` });
            add("title", {}, mark).textContent = `${s.name} is not finite at step ${step}`;
          }
        }
        cursor = add("g", {});
      }

      function point(step) {
        cursor.replaceChildren();
        series.forEach((s, i) => {
          const k = nearest(s.steps, step);
          const inside = step >= s.steps[0] && step <= s.steps[s.steps.length - 1];
          const spread = s.low && s.low[k] !== s.high[k] && s.mean[k] !== null
            ? ` (${show(s.low[k])} to ${show(s.high[k])})` : "";
          values[i].textContent = inside ? show(s.mean[k]) + spread : "–";
          if (!inside || s.mean[k] === null) return;
          add("circle", {
            class: `dot s${s.colour % 8}`, cx: x(s.steps[k]), cy: y(s.mean[k]), r: 4 }, cursor);
        });
        const at = x(step);
        cursor.prepend(add("path", { class: "cursor", d: `M${at} ${area.top}V${area.bottom}` }));
        caption.textContent = `step ${step}`;
      }

      function rest() {
        if (!cursor) return;
        cursor.replaceChildren();
        caption.textContent = "";
        values.forEach((value, i) => { value.textContent = lastValues[i]; });
      }

      const known = [...new Set(series.flatMap((s) => s.steps))].sort((a, b) => a - b);
      let at = known.length - 1;
      svg.addEventListener("pointermove", (event) => {
        if (!area) return;
        const unit = (event.clientX - svg.getBoundingClientRect().left - area.left)
          / (area.right - area.left);
        at = nearest(known, first + Math.min(Math.max(unit, 0), 1) * (last - first));
        point(known[at]);
      });
      svg.addEventListener("pointerleave", rest);
      svg.addEventListener("blur", rest);
      svg.addEventListener("keydown", (event) => {
        const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!move || !area) return;
        event.preventDefault();
        at = Math.min(Math.max(at + move, 0), known.length - 1);
        point(known[at]);
      });
      new ResizeObserver(() => { draw(); rest(); }).observe(svg);
      return draw;
    }

    if (smoothing) {
      const data = read("curves");
      const draws = [...document.querySelectorAll(".chart")].map((f, i) => chart(f, data[i]));
      const redraw = () => {
        document.getElementById("smoothing-value").textContent = Number(smoothing.value).toFixed(2);
        draws.forEach((draw) => draw());
      };
      smoothing.addEventListener("input", redraw);
      logScale.addEventListener("change", redraw);
      redraw();
    }

    // ---- Films ----

    function play(film) {
      const picture = film.querySelector("img"), slider = film.querySelector("input");
      const button = film.querySelector("button"), output = film.querySelector("output");
      const { frames, cells } = JSON.parse(film.querySelector("script").textContent);
      // The picture that is seen is in the page already.
      const shown = Number(slider.defaultValue);
      frames[shown].src = picture.src;
      const pause = Math.min(Math.max(6000 / frames.length, 80), 400);
      let timer = null;

      function turn(index) {
        slider.value = index;
        picture.src = frames[index].src;
        output.textContent = picture.alt = frames[index].label;
      }

      function stop() {
        clearInterval(timer);
        timer = null;
        button.textContent = "Play";
      }

      button.addEventListener("click", () => {
        if (timer) return stop();
        if (Number(slider.value) === frames.length - 1) turn(0);
        button.textContent = "Pause";
        timer = setInterval(() => {
          const next = Number(slider.value) + 1;
          if (next < frames.length) turn(next);
          if (next >= frames.length - 1) stop();
        }, pause);
      });
      slider.addEventListener("input", () => { stop(); turn(Number(slider.value)); });

      // A browser may remember where the slider was.
      turn(shown);

      if (cells) {
        const name = film.querySelector(".cell");
        const rows = Math.ceil(cells.names.length / cells.columns);
        picture.addEventListener("pointermove", (event) => {
          const box = picture.getBoundingClientRect();
          const place = (at, from, size, count) =>
            Math.min(count - 1, Math.max(0, Math.floor((at - from) / size * count)));
          const row = place(event.clientY, box.top, box.height, rows);
          const column = place(event.clientX, box.left, box.width, cells.columns);
          name.textContent = cells.names[row * cells.columns + column] ?? "";
        });
        picture.addEventListener("pointerleave", () => { name.textContent = ""; });
      }
    }

    for (const film of document.querySelectorAll(".film")) {
      if (film.querySelector("input")) play(film);
    }
    """#
}
