/* The desk's small comforts; every screen works without them. */
(function () {
  "use strict";

  // What has just been done or refused is read out, and is where the keyboard is.
  var told = document.querySelector("#erreurs, #messages .message");
  if (told) {
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

  // Sheets made to be printed have a button for it.
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
}());
