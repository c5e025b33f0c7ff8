// What a story does where scripts may run: sets formulas, draws Plotly's figures and charts of series,
// and opens live maps and cubes when they come into view. Everything is readable without it.

const load = (source) =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = done;
    script.onerror = () => failed(new Error(`cannot load ${source}`));
    document.head.append(script);
  });

/** Does something with each element once, shortly before it comes into view. */
const whenSeen = (elements, act) => {
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      act(target);
    }
  }, { rootMargin: "300px" });
  for (const element of elements) observer.observe(element);
};

const libraries = JSON.parse(document.getElementById("libraries")?.textContent ?? "{}");
const loaded = new Map();
const once = (source) => {
  if (!loaded.has(source)) loaded.set(source, load(source));
  return loaded.get(source);
};

// Formulas

const number = (element) => {
  const mark = document.createElement("span");
  mark.className = "number";
  mark.textContent = element.dataset.number;
  element.append(mark);
};

const setFormula = (element) => {
  const text = element.textContent;
  try {
    // Nothing that a formula says may lead to another address or load a file.
    window.katex.render(text, element, {
      displayMode: element.classList.contains("display"), throwOnError: false, trust: false,
      strict: "ignore", maxExpand: 1000, maxSize: 50,
    });
    if (element.dataset.number) number(element);
  } catch {
    element.textContent = text;
  }
};

if (libraries.katex) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = libraries.katexStyle;
  const formulas = new Set(document.querySelectorAll(".math"));
  const set = async (element) => {
    if (!formulas.delete(element)) return;
    if (!style.isConnected) document.head.append(style);
    await once(libraries.katex);
    setFormula(element);
  };
  whenSeen(formulas, set);
  // The others when there is time, since a page can be printed without being scrolled through.
  const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 500));
  window.addEventListener("load", () => idle(() => [...formulas].forEach(set)));
}

// Plotly's figures

const drawFigure = async (element) => {
  const answer = await fetch(element.dataset.figure);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { data, layout } = await answer.json();
  await once(libraries.plotly);
  element.replaceChildren();
  await window.Plotly.newPlot(element, data, { ...layout, autosize: true }, {
    responsive: true, displaylogo: false, sendData: false, showSendToCloud: false,
  });
};

whenSeen(document.querySelectorAll(".plotly[data-figure]"), (element) =>
  drawFigure(element).catch(() => {
    element.dataset.failed = "";
  }));

// Series of places

whenSeen(document.querySelectorAll(".live-series[data-series]"), async (element) => {
  try {
    const { drawSeries } = await import("./series.js");
    await drawSeries(element, JSON.parse(element.dataset.series), libraries);
  } catch (error) {
    // The picture stays.
    console.warn("No live series:", error);
    element.dataset.failed = "";
  }
});

// Live maps

const openView = (view) => {
  const frame = document.createElement("iframe");
  frame.src = view.dataset.view;
  frame.title = `Live ${view.dataset.kind}: ${view.dataset.title}`;
  frame.loading = "lazy";
  frame.allow = "fullscreen";
  view.classList.add("open");
  view.append(frame);
};

// A map under a finger would catch every swipe down the page: there it waits for a tap.
const hasPointer = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
const sparing = navigator.connection?.saveData === true;
const views = document.querySelectorAll(".live-view[data-view]");
if (hasPointer && !sparing) {
  whenSeen(views, openView);
} else {
  for (const view of views) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "live-open";
    button.textContent = `Explore this ${view.dataset.kind}`;
    button.addEventListener("click", () => {
      button.remove();
      openView(view);
      view.querySelector("iframe").focus();
    });
    view.append(button);
  }
}

// On paper everything is unfolded.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".story details")) fold.open = true;
});
