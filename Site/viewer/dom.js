// Small helpers to make elements. Text always goes in as text, never as HTML.

/** Whether the page is laid out for a phone: the width at which the style sheet changes. */
export const isNarrow = () => matchMedia("(max-width: 48rem)").matches;

/** An element: properties by name, attributes where the name has a dash or is `role`, listeners
    as `on…`; children are nodes or text, nothing where null or false. */
export const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name.includes("-") || name === "role" || name === "for" || name === "list") {
      if (value !== false) element.setAttribute(name, value === true ? "" : value);
    } else element[name] = value;
  }
  element.append(...children.flat().filter((one) => one !== null && one !== undefined
    && one !== false));
  return element;
};

/** One of the drawn icons (icons.js), hidden from screen readers. */
export const icon = (path) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

/** A button with an icon and a name for screen readers, shown as a hint too. */
export const iconButton = (path, label, onclick, more = {}) =>
  make("button", {
    type: "button", className: "icon-button", "aria-label": label, title: label, onclick, ...more,
  }, icon(path));

/** A labelled control: the label text above, the control below. */
export const field = (label, control, more = {}) =>
  make("label", { className: "field", ...more }, make("span", {}, label), control);

/** A choice of one: options are [value, text]. */
export const choice = (options, current, onpick, more = {}) => {
  const select = make("select", { onchange: () => onpick(select.value), ...more },
    ...options.map(([value, text]) =>
      make("option", { value, textContent: text, selected: value === current })));
  return select;
};

/** A set of buttons of which one is pressed: options are [value, text]. */
export const segments = (label, options, current, onpick) =>
  make("div", { className: "segments", role: "group", "aria-label": label },
    ...options.map(([value, text]) =>
      make("button", {
        type: "button", textContent: text, "aria-pressed": String(value === current),
        onclick: () => onpick(value),
      })));

/** A tick box with its text. */
export const toggle = (label, checked, onpick) =>
  make("label", { className: "toggle" },
    make("input", { type: "checkbox", checked, onchange: (event) => onpick(event.target.checked) }),
    make("span", {}, label));

/** A slider with its value beside it. */
export const slider = (label, { min, max, step = 1, value, text, pick }) => {
  const told = make("output", {}, text(value));
  const control = make("input", {
    type: "range", min, max, step, value, "aria-valuetext": text(value),
    oninput: () => {
      told.textContent = text(control.valueAsNumber);
      control.setAttribute("aria-valuetext", told.textContent);
      pick(control.valueAsNumber);
    },
  });
  return field(label, make("div", { className: "slider" }, control, told));
};
