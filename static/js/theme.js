/* Light, dark or as the device says: in the head, before the first paint. */
(() => {
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
      // For this page alone.
    }
  }

  function apply(choice) {
    const theme = choice === 'light' || choice === 'dark' ? choice : 'auto';
    if (theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme);
    document.querySelectorAll('[data-theme-choice]').forEach(button => {
      button.setAttribute('aria-pressed', String(button.getAttribute('data-theme-choice') === theme));
    });
  }

  root.classList.add('js');
  apply(kept());

  document.addEventListener('DOMContentLoaded', () => {
    apply(kept());
    document.querySelectorAll('[data-theme-switch]').forEach(group => {
      group.hidden = false;
    });
    document.querySelectorAll('[data-theme-choice]').forEach(button => {
      button.addEventListener('click', () => {
        const choice = button.getAttribute('data-theme-choice');
        keep(choice);
        apply(choice);
      });
    });
  });

  window.addEventListener('storage', event => {
    if (event.key === 'trousse.theme') apply(event.newValue);
  });
})();
