/* The desk's small comforts; every screen works without them. */
(function () {
  "use strict";

  // What has just been done or refused is read out, and is where the keyboard is.
  var told = document.querySelector("#erreurs, #messages .message");
  var pressed = location.hash && document.getElementById(location.hash.slice(1));
  if (pressed && pressed.form && told && told.id !== "erreurs") {
    // After a move the keyboard stays on its button; what is put in later is read out.
    var region = told.parentNode;
    region.removeChild(told);
    pressed.focus();
    setTimeout(function () { region.appendChild(told); }, 200);
  } else if (told) {
    told.focus();
  }

  // A field that is bounded says how much room is left.
  Array.prototype.forEach.call(document.querySelectorAll("[data-counter]"), function (field) {
    var counter = document.createElement("p");
    counter.className = "counter";
    field.parentNode.insertBefore(counter, field.nextSibling);
    function count() {
      counter.textContent = field.value.length + " / " + field.getAttribute("data-counter");
    }
    field.addEventListener("input", count);
    count();
  });

  // A field that goes with one answer is there with it only; what is not asked is not sent.
  Array.prototype.forEach.call(document.querySelectorAll("[data-when]"), function (part) {
    var when = part.getAttribute("data-when").split("=");
    var wrong = part.querySelector(".has-error");
    function follow() {
      var chosen = document.querySelector("[name='" + when[0] + "']:checked");
      part.hidden = !wrong && (!chosen || when[1].split(" ").indexOf(chosen.value) < 0);
      Array.prototype.forEach.call(part.querySelectorAll("input, select, textarea"), function (field) {
        field.disabled = part.hidden;
      });
    }
    document.addEventListener("change", follow);
    window.addEventListener("pageshow", follow);
    follow();
  });

  // Sheets made to be printed have a button for it.
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // Services are put in order by hand, with a mouse or a finger; the buttons stay for the keyboard.
  var order = document.getElementById("ordre");
  function sortable(list) {
    var dragged = null, before = null;
    function rows() {
      return Array.prototype.slice.call(list.children);
    }
    function move(event) {
      var y = (event.touches ? event.touches[0] : event).clientY;
      var next = rows().filter(function (row) {
        var box = row.getBoundingClientRect();
        return row !== dragged && y < box.top + box.height / 2;
      })[0];
      list.insertBefore(dragged, next || null);
      event.preventDefault();
    }
    function stop(keep) {
      document.removeEventListener("mousemove", move);
      document.removeEventListener("touchmove", move);
      dragged.classList.remove("dragged");
      var row = dragged;
      dragged = null;
      if (!keep) {
        list.insertBefore(row, before);
      } else if (row.nextElementSibling !== before) {
        order.elements.service.value = row.getAttribute("data-service");
        order.elements.avant.value = row.nextElementSibling ? row.nextElementSibling.getAttribute("data-service") : "";
        order.submit();
      }
    }
    function start(event) {
      dragged = event.currentTarget.parentNode.parentNode;
      before = dragged.nextElementSibling;
      dragged.classList.add("dragged");
      document.addEventListener("mousemove", move);
      document.addEventListener("touchmove", move, { passive: false });
      event.preventDefault();
    }
    ["mouseup", "touchend"].forEach(function (name) {
      document.addEventListener(name, function () { if (dragged) { stop(true); } });
    });
    document.addEventListener("touchcancel", function () { if (dragged) { stop(false); } });
    document.addEventListener("keydown", function (event) {
      if (dragged && event.key === "Escape") { stop(false); }
    });
    Array.prototype.forEach.call(list.querySelectorAll(".service-move"), function (form) {
      var handle = document.createElement("span");
      handle.className = "service-handle";
      handle.setAttribute("aria-hidden", "true");
      handle.textContent = "\u2630";
      handle.addEventListener("mousedown", start);
      handle.addEventListener("touchstart", start, { passive: false });
      form.appendChild(handle);
    });
  }
  if (order) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-sortable]"), sortable);
  }
}());
