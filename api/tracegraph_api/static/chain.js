// Walks along the lines of a drawing by the keyboard, and changes its size. Without scripts every box is a link.
"use strict";

(() => {
  const STEP = 1.25, LEAST = 0.25, MOST = 4;

  /** Boxes of a drawing by number. */
  function boxesOf(svg) {
    return new Map([...svg.querySelectorAll("a[data-n]")].map((box) => [box.dataset.n, box]));
  }

  /** The height of a box's middle on the screen. */
  function middle(box) {
    const place = box.getBoundingClientRect();
    return place.top + place.height / 2;
  }

  /** The box among some that is most level with another. */
  function nearest(box, some) {
    const level = middle(box);
    return some.sort((a, b) => Math.abs(middle(a) - level) - Math.abs(middle(b) - level))[0];
  }

  function setUp(frame) {
    const svg = frame.querySelector("svg");
    if (!svg || frame.dataset.ready) return;
    frame.dataset.ready = "yes";
    const boxes = boxesOf(svg);
    const width = Number(svg.getAttribute("width")), height = Number(svg.getAttribute("height"));
    let scale = 1;

    /** Make one box the place where Tab enters the drawing. */
    function enter(box) {
      boxes.forEach((other) => other.setAttribute("tabindex", other === box ? "0" : "-1"));
    }

    function go(box) {
      if (!box) return;
      enter(box);
      box.focus({ preventScroll: true });
      box.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    function linked(box, names) {
      return names.split(" ").filter(Boolean).map((name) => boxes.get(name)).filter(Boolean);
    }

    function beside(box, step) {
      const column = [...boxes.values()].filter((other) => other.dataset.column === box.dataset.column);
      column.sort((a, b) => middle(a) - middle(b));
      return column[column.indexOf(box) + step];
    }

    function zoom(factor) {
      scale = factor ? Math.min(MOST, Math.max(LEAST, scale * factor)) : 1;
      svg.setAttribute("width", String(Math.round(width * scale)));
      svg.setAttribute("height", String(Math.round(height * scale)));
    }

    const keys = {
      ArrowRight: (box) => go(nearest(box, linked(box, box.dataset.up))),
      ArrowLeft: (box) => go(nearest(box, linked(box, box.dataset.down))),
      ArrowDown: (box) => go(beside(box, 1)),
      ArrowUp: (box) => go(beside(box, -1)),
      Home: () => go(boxes.get("0")),
      Escape: () => {
        const there = document.querySelector(frame.dataset.leave);
        if (there) there.focus();
      },
      "+": () => zoom(STEP),
      "-": () => zoom(1 / STEP),
      0: () => zoom(0),
    };

    // On the frame: a drawing that listens itself would take the focus.
    frame.addEventListener("keydown", (event) => {
      const box = event.target.closest("a[data-n]");
      if (!box || !keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key](box);
    });
    frame.addEventListener("focusin", (event) => {
      const box = event.target.closest("a[data-n]");
      if (box) enter(box);
    });
    const buttons = frame.parentElement.querySelector(".zoom");
    if (buttons) {
      buttons.hidden = false;
      buttons.querySelectorAll("[data-zoom]").forEach((button) => {
        button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));
      });
    }
    enter(boxes.get("0"));
  }

  document.querySelectorAll(".drawing.chain").forEach(setUp);
})();
