"""What a browser measures on a page of ours; each returns what breaks the rule."""

from __future__ import annotations

from playwright.sync_api import Page

LEAST_TARGET = 44
LEAST_DENSE = 24
"""In ops' table of every server, under a mouse: WCAG 2.2's least (2.5.8)."""
LEAST_TEXT = 16

_TARGETS = """([usual, dense]) => {
  const faults = [];
  const mouse = matchMedia('(min-width: 1024px) and (pointer: fine)').matches;
  const visible = box => box.width > 0 && box.height > 0;
  document.querySelectorAll('a, button, input, textarea, select, summary').forEach(node => {
    if (node.type === 'hidden' || node.closest('.vh')) return;
    const tile = node.matches('.tile-main') && node.closest('.tile');
    const tick = /^(checkbox|radio)$/.test(node.type) && node.labels[0];  // its label ticks it too
    const box = (tile || tick || node).getBoundingClientRect();
    if (!visible(box)) return;
    const inline = getComputedStyle(node).display === 'inline' && !tile;
    const around = node.parentNode.textContent.replace(node.textContent, '').trim();
    if (inline && around) return;  // a link inside a sentence
    const least = mouse && node.closest('.ops-dense') ? dense : usual;
    if (box.width >= least - 0.5 && box.height >= least - 0.5) return;
    const size = `${Math.round(box.width)} x ${Math.round(box.height)}`;
    faults.push(`${size}: ${node.outerHTML.slice(0, 100)}`);
  });
  return faults;
}"""

_TEXTS = """least => {
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const seen = parent.getClientRects().length && !parent.closest('script, .vh');
    if (!seen || !walker.currentNode.data.trim()) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < least) faults.push(`${size} px: ${walker.currentNode.data.trim().slice(0, 60)}`);
  }
  document.querySelectorAll('input, textarea, select').forEach(field => {
    const size = parseFloat(getComputedStyle(field).fontSize);
    if (size < least) faults.push(`${size} px: field ${field.name}`);
  });
  return faults;
}"""

_SIDEWAYS = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = Array.from(document.querySelectorAll('body *')).filter(node => (
    node.getBoundingClientRect().right > root.clientWidth + 1 && !node.closest('.vh')
  ));
  return wide.slice(0, 5).map(node => `too wide: ${node.outerHTML.slice(0, 100)}`);
}"""

_CLIPPED = """() => Array.from(document.querySelectorAll('body *')).filter(node => (
  !node.closest('.vh, svg, script, input, textarea, .theme, [role=region][tabindex="0"]')
  && node.clientWidth
  && getComputedStyle(node).overflowX !== 'visible' && node.scrollWidth > node.clientWidth + 1
)).map(node => `cut off: ${node.outerHTML.slice(0, 100)}`)"""

_UNEQUAL_ROWS = """() => {
  const faults = [];
  document.querySelectorAll('ul.tiles').forEach(list => {
    const rows = {};
    Array.from(list.children).forEach(tile => {
      const box = tile.getBoundingClientRect();
      if (!box.height) return;
      const top = Math.round(box.top);
      (rows[top] = rows[top] || []).push(Math.round(box.height));
    });
    Object.values(rows).forEach(heights => {
      if (Math.max(...heights) - Math.min(...heights) > 1) faults.push(heights.join(', '));
    });
  });
  return faults;
}"""


def small_targets(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_TARGETS, [LEAST_TARGET, LEAST_DENSE])
    return found


def small_texts(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_TEXTS, LEAST_TEXT)
    return found


def sideways(page: Page) -> list[str]:
    """Return what makes the page scroll sideways, or what is cut off."""
    found: list[str] = page.evaluate(_SIDEWAYS) + page.evaluate(_CLIPPED)
    return found


def unequal_rows(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_UNEQUAL_ROWS)
    return found
