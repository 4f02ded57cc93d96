/* Light, dark or as the device says. Stands in the head: it must act before the first paint. */
(function () {
  'use strict';
  const root = document.documentElement;

  function kept() {
    try {
      return localStorage.getItem('trousse.theme');
    } catch (error) {
      return null; // storage forbidden: as the device says
    }
  }

  function keep(choice) {
    try {
      if (choice === 'auto') localStorage.removeItem('trousse.theme');
      else localStorage.setItem('trousse.theme', choice);
    } catch (error) {
      // The choice holds for this page alone.
    }
  }

  function apply(choice) {
    const theme = choice === 'light' || choice === 'dark' ? choice : 'auto';
    if (theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme);
    document.querySelectorAll('[data-theme-choice]').forEach(function (button) {
      button.setAttribute('aria-pressed', String(button.getAttribute('data-theme-choice') === theme));
    });
  }

  root.classList.add('js');
  apply(kept());

  document.addEventListener('DOMContentLoaded', function () {
    apply(kept());
    document.querySelectorAll('[data-theme-switch]').forEach(function (group) {
      group.hidden = false;
    });
    document.querySelectorAll('[data-theme-choice]').forEach(function (button) {
      button.addEventListener('click', function () {
        const choice = button.getAttribute('data-theme-choice');
        keep(choice);
        apply(choice);
      });
    });
  });

  window.addEventListener('storage', function (event) {
    if (event.key === 'trousse.theme') apply(event.newValue);
  });
})();
