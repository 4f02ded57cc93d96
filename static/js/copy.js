/* A button that copies what it names; without this script the words can be selected. */
(function () {
  "use strict";

  function copyOldWay(shown) {
    var range = document.createRange();
    range.selectNodeContents(shown);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    try {
      return document.execCommand("copy");
    } catch (error) {
      return false;
    }
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-copy]"), function (button) {
    var shown = document.querySelector(button.getAttribute("data-copy"));
    var told = document.createElement("span");
    told.setAttribute("role", "status");
    told.className = "copied";
    button.parentNode.insertBefore(told, button.nextSibling);
    button.hidden = false;
    function tell(done) {
      told.textContent = done ? button.getAttribute("data-copied") : "";
    }
    button.addEventListener("click", function () {
      told.textContent = "";
      // Plain http has no navigator.clipboard, and old browsers neither.
      if (navigator.clipboard) {
        navigator.clipboard.writeText(shown.textContent.trim()).then(
          function () { tell(true); },
          function () { tell(copyOldWay(shown)); }
        );
      } else {
        tell(copyOldWay(shown));
      }
    });
  });
}());
