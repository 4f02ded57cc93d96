/* Comforts of pages that are one person's own; each works without. */
(function () {
  "use strict";

  // What has just been done or refused is read out, and is where the keyboard is.
  var told = document.querySelector("#erreurs, #messages .message");
  if (told) {
    told.focus();
  }

  // A form that waits for somebody to sign in elsewhere takes the token of the new session.
  var waiting = document.querySelector("[data-renew]");

  function renew() {
    if (document.hidden) {
      return;
    }
    fetch(waiting.getAttribute("data-renew")).then(function (answer) {
      return answer.json();
    }).then(function (fresh) {
      waiting.querySelector("[name=csrf_token]").value = fresh.token;
      waiting.querySelector("[role=status]").textContent =
        fresh.signed_in ? waiting.getAttribute("data-ready") : "";
    }).catch(function () {
      // No network: the button leads back here, and nothing is lost.
    });
  }

  if (waiting) {
    document.addEventListener("visibilitychange", renew);
    window.addEventListener("focus", renew);
  }

  // Favourites of this device, as portal.js keeps them: a list of {id, name}.
  var KEY = "trousse.favoris";
  var MOST = 60;
  var device = document.getElementById("appareil");

  function read() {
    try {
      return JSON.parse(localStorage.getItem(KEY)).filter(function (item) {
        return typeof item.name === "string" && /^[a-z0-9.-]+$/.test(item.id || "!");
      });
    } catch (error) {
      return [];
    }
  }

  function keep(list) {
    try {
      localStorage.setItem(KEY, JSON.stringify(list));
      return true;
    } catch (error) {
      return false; // private window, or full
    }
  }

  function idOf(item) {
    return item.id;
  }

  function setUpDevice() {
    var take = device.querySelector("[data-take]");
    var give = device.querySelector("[data-give]");
    var status = device.querySelector("[data-told]");

    function say(what) {
      status.textContent = status.getAttribute("data-" + what);
    }

    device.hidden = false;
    take.addEventListener("submit", function (event) {
      var ids = read().map(idOf);
      take.querySelector("[name=favoris]").value = ids.join(",");
      if (!ids.length) {
        event.preventDefault();
        say("none");
      }
    });
    if (give) {
      give.addEventListener("click", function () {
        var here = read();
        var known = here.map(idOf);
        var more = JSON.parse(device.getAttribute("data-favourites")).filter(function (item) {
          return known.indexOf(item.id) < 0;
        });
        say(keep(here.concat(more).slice(0, MOST)) ? "given" : "not-given");
      });
    }
  }

  if (device) {
    setUpDevice();
  }
}());
