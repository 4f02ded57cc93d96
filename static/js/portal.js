/* What a script does better. Every page works without. */
(() => {
  'use strict';

  // Search, as catalogue/selection.py explains it; a test compares both

  const LONGEST_QUERY = 100;
  const MOST_TOKENS = 8;
  const FIELD_WEIGHTS = [8, 6, 4, 2];
  const SHORTEST_WITH_ERROR = 5;
  const WHOLE = 60;
  const BEGINNING = 40;
  const ERROR = 20;
  const HALF_ERROR = 10;
  const STOP_WORDS = new Set((
    'a ai au aux avec besoin c ce ces cette cherche comment d dans de des du en entre est et etre ' +
    'faire j je l la le les leur leurs ma me mes mon ne nos notre on ou outil par plus plutot ' +
    'pour pouvoir qu que qui s sa se ses si son sur un une veux voudrais vos votre y an and any ' +
    'are can do for from how i in is it my need of or our the their this to us want we nous sans ' +
    'vous with you your'
  ).split(' '));

  function fold(text) {
    return text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '')
      .replace(/œ/g, 'oe').replace(/æ/g, 'ae').replace(/[^a-z0-9]+/g, ' ').trim();
  }

  function stem(word) {
    if (word.length >= 6 && /[^e]aux$/.test(word)) return word.slice(0, -2) + 'l';
    if (word.length >= 4 && /[^s][sx]$/.test(word)) return word.slice(0, -1);
    return word;
  }

  /* Count errors up to `most`; one more stands for farther. */
  function distance(first, second, most) {
    if (first === second) return 0;
    if (!most || Math.abs(first.length - second.length) > most) return most + 1;
    let n = 0;
    while (first[n] === second[n]) n += 1;
    const a = first.slice(n);
    const b = second.slice(n);
    const rests = [[a.slice(1), b], [a, b.slice(1)], [a.slice(1), b.slice(1)]];
    if (a.length > 1 && a[0] === b[1] && a[1] === b[0]) rests.push([a.slice(2), b.slice(2)]);
    return 1 + Math.min(...rests.map(rest => distance(rest[0], rest[1], most - 1)));
  }

  function tokensOf(query) {
    const words = fold(Array.from(query).slice(0, LONGEST_QUERY).join('')).split(' ').filter(Boolean);
    const meaning = words.filter(word => !STOP_WORDS.has(word));
    return (meaning.length ? meaning : words.slice(-1)).slice(0, MOST_TOKENS);
  }

  function wordsOf(text) {
    const words = [];
    text.split('|').slice(0, FIELD_WEIGHTS.length).forEach((field, n) => {
      field.split(' ').filter(Boolean).forEach(shown => {
        const parts = fold(shown).split(' ');
        const spellings = [[parts.join(''), shown]];
        if (parts.length > 1) parts.forEach(part => spellings.push([part, part]));
        spellings.forEach(spelling => words.push({
          folded: spelling[0],
          stem: stem(spelling[0]),
          shown: spelling[1],
          weight: FIELD_WEIGHTS[n],
        }));
      });
    });
    return words;
  }

  function indexOf(entries) {
    const index = entries.map(entry => ({ id: entry[0], words: wordsOf(entry[1]) }));
    index.known = {};
    return index;
  }

  function matches(word, token, last) {
    if (word.folded === token || word.stem === stem(token)) return WHOLE;
    return last && word.folded.startsWith(token) ? BEGINNING : 0;
  }

  function nearlyMatches(word, token, last) {
    const folded = word.folded;
    if (distance(folded, token, 1) < 2 || distance(word.stem, stem(token), 1) < 2) return ERROR;
    for (let n = token.length - 1; last && n <= token.length + 1 && n < folded.length; n += 1) {
      if (distance(folded.slice(0, n), token, 1) < 2) return HALF_ERROR;
    }
    return 0;
  }

  function scores(index, token, last) {
    const best = match => index.map(entry => Math.max(0, ...entry.words.map(word => {
      const kind = match(word, token, last);
      return kind && kind + word.weight;
    })));
    const key = token + last;
    if (index.known[key]) return index.known[key];
    const exact = best(matches);
    return index.known[key] =
      exact.some(Boolean) || token.length < SHORTEST_WITH_ERROR ? exact : best(nearlyMatches);
  }

  function rank(index, tokens) {
    const columns = tokens.map((token, n) => scores(index, token, n === tokens.length - 1));
    return index
      .map((entry, place) => {
        const row = columns.map(column => column[place]);
        return { id: entry.id, place, score: row.every(Boolean) && row.reduce((a, b) => a + b, 0) };
      })
      .filter(row => row.score)
      // Old engines don't sort stably.
      .sort((a, b) => b.score - a.score || a.place - b.place)
      .map(row => row.id);
  }

  function find(index, tokens) {
    const found = rank(index, tokens);
    return found.length || tokens.length < 2 ? found : rank(index, [tokens.join('')]);
  }

  function nearest(index, token) {
    let most = token.length > SHORTEST_WITH_ERROR ? 2 : 1;
    let near = null;
    if (token.length < SHORTEST_WITH_ERROR - 1) return near;
    index.forEach(entry => entry.words.forEach(word => {
      const errors = distance(word.folded, token, 2);
      if (errors <= most && (errors === 1 || word.folded[0] === token[0])) {
        near = word.shown;
        most = errors - 1;
      }
    }));
    return near;
  }

  function nearby(index, tokens) {
    const kept = [];
    if (!tokens.length || find(index, tokens).length) return null;
    tokens.forEach(token => {
      const better = [token, nearest(index, token)].find(candidate => (
        candidate && find(index, tokensOf(kept.concat(candidate).join(' '))).length
      ));
      if (better) kept.push(better);
    });
    return kept.join(' ') || null;
  }

  window.trousse = {
    search: (entries, query) => find(indexOf(entries), tokensOf(query)),
    suggestion: (entries, query) => nearby(indexOf(entries), tokensOf(query)),
  };

  // Words, storage, parts of pages

  const byId = id => document.getElementById(id);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const data = (node, name) => node.getAttribute('data-' + name);
  const on = (target, type, act) => target.addEventListener(type, act);

  if (!byId('mots')) return;
  const words = JSON.parse(byId('mots').textContent);

  const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name]);

  function element(name, text, attributes) {
    const made = document.createElement(name);
    made.textContent = text;
    Object.keys(attributes || {}).forEach(key => made.setAttribute(key, attributes[key]));
    return made;
  }

  function fill(parent, children) {
    parent.textContent = '';
    children.forEach(child => parent.appendChild(
      typeof child === 'string' ? document.createTextNode(child) : child
    ));
  }

  /* Read a list of {id, name}; storage may hold anything. */
  function readList(area, key) {
    try {
      return JSON.parse(window[area].getItem('trousse.' + key)).filter(item => (
        typeof item.name === 'string' && /^[a-z0-9.-]+$/.test(item.id || '!')
      ));
    } catch (error) {
      return [];
    }
  }

  function keepList(area, key, list) {
    try {
      window[area].setItem('trousse.' + key, JSON.stringify(list));
      return true;
    } catch (error) {
      return false; // private window, or full
    }
  }

  const without = (list, id) => list.filter(item => item.id !== id);
  const holds = (list, id) => list.some(item => item.id === id);

  function copyOldWay(text) {
    const before = document.activeElement;
    const area = document.body.appendChild(element('textarea', text, { class: 'vh' }));
    area.select();
    let done = false;
    try {
      done = document.execCommand('copy');
    } catch (error) {}
    document.body.removeChild(area);
    before.focus();
    return done;
  }

  /* Resolve to whether it was copied; plain http has no navigator.clipboard. */
  function copy(text) {
    return new Promise(resolve => resolve(navigator.clipboard.writeText(text)))
      .then(() => true, () => copyOldWay(text));
  }

  // Tiles

  const academie = data(document.body, 'academie');
  const services = byId('services');
  const form = byId('recherche');
  const field = byId('q');
  const homeAddress = form ? form.getAttribute('action') : '';
  const tiles = new Map();
  const served = new Map(); // what the server sent in each tile
  all('#services .tile, #resultats .tile').forEach(tile => {
    const id = data(tile, 'id');
    // An answered form shows it twice.
    if (tiles.has(id) && !services.contains(tile)) return;
    tiles.set(id, tile);
    served.set(id, tile.innerHTML);
  });

  function nameOf(id) {
    const title = tiles.has(id) && tiles.get(id).querySelector('.tile-title');
    return title ? title.textContent.split(' · ')[0].trim() : id;
  }

  function linkTo(id, children) {
    const link = tiles.get(id).querySelector('.tile-main').cloneNode();
    link.className = 'favourite';
    link.setAttribute('data-id', id);
    children.forEach(child => link.appendChild(child.cloneNode(true)));
    return link;
  }

  const listItem = child => {
    const item = element('li', '');
    item.appendChild(child);
    return item;
  };

  // Favourites: on this device

  let favourites = readList('localStorage', 'favoris');
  let starredBefore = favourites.length > 0;

  function keepFavourites(list) {
    favourites = list.slice(0, 60);
    const kept = keepList('localStorage', 'favoris', favourites);
    showFavourites();
    return kept;
  }

  function favouriteLink(favourite) {
    // Hidden here: its page says what stands in its place.
    if (!tiles.has(favourite.id)) {
      return element('a', favourite.name + ', ' + words.not_offered, {
        href: homeAddress + 'services/' + favourite.id, class: 'favourite',
      });
    }
    const task = element('span', '');
    task.innerHTML = tiles.get(favourite.id).querySelector('.tile-main').innerHTML;
    return linkTo(favourite.id, all('svg', tiles.get(favourite.id)).slice(0, 1).concat(task));
  }

  /* An académie's own services (slug.name) mean nothing elsewhere. */
  const belongsHere = favourite => (
    favourite.id.indexOf('.') < 0 || favourite.id.split('.')[0] === academie
  );

  function carryLink(text) {
    const href = homeAddress + '#favoris=' + favourites.map(item => item.id).join(',');
    const link = element('a', text, { href });
    on(link, 'click', event => {
      event.preventDefault();
      copy(link.href).then(done => {
        fill(link.parentNode, [
          done ? words.carry_copied : words.carry_by_hand, ' ', element('code', link.href),
        ]);
      });
    });
    return link;
  }

  function showStars() {
    all('.tile-star').forEach(star => {
      star.hidden = false;
      star.setAttribute('aria-pressed', holds(favourites, data(star, 'id')));
    });
  }

  function showFavourites() {
    const section = byId('favoris');
    if (!section) return;
    showStars();
    fill(section.querySelector('ul'), favourites.filter(belongsHere).map(item => (
      listItem(favouriteLink(item))
    )));
    fill(
      section.querySelector('.carry') ||
        section.appendChild(element('p', '', { class: 'carry', role: 'status' })),
      [carryLink(words.carry_all)]
    );
    arrange();
  }

  function toggleStar(star) {
    const id = data(star, 'id');
    all('.tile-note').forEach(note => note.parentNode.removeChild(note));
    if (holds(favourites, id)) {
      keepFavourites(without(favourites, id));
      return;
    }
    const kept = keepFavourites(favourites.concat({ id, name: nameOf(id) }));
    if (starredBefore && kept) return;
    starredBefore = true;
    const note = element('p', '', { class: 'tile-note', role: 'status' });
    star.parentNode.insertBefore(note, star.nextSibling);
    // A live region speaks when it changes.
    setTimeout(() => {
      fill(note, kept ? [words.kept, ' ', carryLink(words.carry)] : [words.kept_not]);
    }, 50);
  }

  function offerFavourites() {
    const offer = byId('offre-favoris');
    const carried = /^#favoris=([a-z0-9.,-]+)$/.exec(location.hash);
    if (!offer || !carried) return;
    const wanted = Array.from(new Set(carried[1].split(',')))
      .filter(id => id && !holds(favourites, id))
      .map(id => ({ id, name: nameOf(id) }))
      .filter(belongsHere)
      .slice(0, 60);

    function close() {
      offer.hidden = true;
      // A reload must not ask again.
      history.replaceState(null, '', location.pathname + location.search);
    }

    function answer(text, act) {
      const button = element('button', text, { type: 'button' });
      on(button, 'click', () => {
        act();
        close();
        field.focus();
      });
      return button;
    }

    if (!wanted.length) return close();
    fill(offer, [
      element('p', wanted.length < 2 ? words.offer_one : say('offer_other', { n: wanted.length })),
      answer(words.add, () => {
        starredBefore = true;
        keepFavourites(favourites.concat(wanted));
      }),
      ' ',
      answer(words.no_thanks, () => {}),
    ]);
    offer.hidden = false;
  }

  // Opened today: this tab, names only

  const today = new Date().toDateString();
  let opened = readList('sessionStorage', 'ouverts').filter(item => item.day === today);

  function showOpened() {
    const section = byId('ouverts');
    if (!section) return;
    fill(section.querySelector('ul'), opened.filter(item => tiles.has(item.id)).map(item => (
      listItem(linkTo(item.id, [element('span', item.name)]))
    )));
    arrange();
  }

  function keepOpened(list) {
    opened = list;
    keepList('sessionStorage', 'ouverts', opened);
    showOpened();
  }

  function noteOpening(id) {
    const after = tiles.get(id).querySelector('.tile-after');
    const now = new Date();
    const time = say('time', { h: now.getHours(), mm: String(now.getMinutes()).padStart(2, '0') });
    if (after) {
      const told = after.querySelector('.tile-opened') ||
        after.insertBefore(element('span', '', { class: 'tile-opened' }), after.firstChild);
      told.textContent = say('opened', { time }) + ' ';
      after.hidden = false;
    }
    // Later: the click is still under way in that list.
    setTimeout(() => {
      keepOpened([{ id, name: nameOf(id), day: today }].concat(without(opened, id)).slice(0, 3));
    });
  }

  function openedBy(event) {
    const link = event.target.closest('.tile-main, a[data-id]');
    // The others lead to a page of ours.
    if (!link || event.button > 1 || link.target !== '_blank') return;
    noteOpening(data(link.closest('[data-id]'), 'id'));
  }

  // Live search

  let searching = false;

  function arrange() {
    document.documentElement.classList.toggle('searching', searching);
    all('#favoris, #ouverts').forEach(section => {
      section.hidden = searching || !section.querySelector('li');
    });
    all('[data-browse]').forEach(part => { part.hidden = searching; });
  }

  function setUpSearch() {
    const results = byId('resultats');
    const homes = services && all('.tile', services).map(tile => [tile, tile.parentNode]);
    if (!form || !results || !homes.length) return;
    const list = results.querySelector('ul');
    const empty = results.querySelector('[data-empty]');
    const near = results.querySelector('[data-suggestion]');
    const heading = results.querySelector('h2');
    const index = indexOf(homes.map(home => [data(home[0], 'id'), data(home[0], 'search')]));
    let telling;

    function tell(text) {
      // Once, when the typing stops.
      clearTimeout(telling);
      telling = setTimeout(() => { byId('nombre').textContent = text; }, 250);
    }

    function suggest(word) {
      near.hidden = !word;
      if (!word) return;
      const link = element('a', word, { href: '?q=' + encodeURIComponent(word) });
      const around = words.suggest.split('{word}');
      on(link, 'click', event => {
        event.preventDefault();
        searchFor(word);
      });
      fill(near, [around[0], link, around[1]]);
    }

    function show() {
      const q = field.value.trim();
      const tokens = tokensOf(q);
      list.textContent = '';
      homes.forEach(home => home[1].appendChild(home[0]));
      index.known = {};
      searching = tokens.length > 0;
      services.hidden = searching;
      results.hidden = !searching;
      arrange();
      if (!searching) return tell('');
      const found = find(index, tokens);
      const n = found.length;
      found.forEach(id => list.appendChild(tiles.get(id)));
      empty.hidden = n > 0;
      suggest(nearby(index, tokens));
      tell(say(['none', 'count_one'][n] || 'count_other', { n, q }));
    }

    function searchFor(query) {
      field.value = query;
      show();
      field.focus();
    }

    on(field, 'input', show);
    on(field, 'keydown', event => {
      if (event.key === 'Escape') searchFor('');
    });
    on(form, 'submit', event => {
      event.preventDefault();
      show();
      if (!searching) return;
      // Closes a phone's keyboard, and the next Tab is on the first answer.
      heading.tabIndex = -1;
      heading.focus();
    });
    all('[data-all]', results).forEach(link => on(link, 'click', event => {
      event.preventDefault();
      searchFor('');
    }));
    // Going back gives the field its words again, after this script.
    on(window, 'pageshow', () => field.value && show());
  }

  // States: fresh when the reader comes back, honest when they are old

  const WAIT = 30000; // ms between two requests for this page
  let skew = 0; // the server's clock minus this device's, ms: school computers are often wrong
  let asked = Date.now();
  let timer;

  const limit = () => Date.parse(data(byId('verifie'), 'stale'));
  const isStale = () => Date.now() + skew > limit();

  function sayUnverified() {
    all('.tile-state').forEach(state => { state.hidden = true; });
    byId('verifie').textContent = words.unverified_foot;
    const trouble = byId('soucis') || byId('verifie');
    trouble.textContent = words.unverified;
    trouble.hidden = false;
  }

  function refreshTile(fresh) {
    const id = data(fresh, 'id');
    const tile = tiles.get(id);
    // Replacing it would take the keyboard's place away.
    if (!tile || tile.contains(document.activeElement) || fresh.innerHTML === served.get(id)) return;
    const after = tile.querySelector('.tile-after');
    served.set(id, fresh.innerHTML);
    tile.className = fresh.className;
    tile.innerHTML = fresh.innerHTML;
    if (!after.hidden) tile.replaceChild(after, tile.querySelector('.tile-after'));
  }

  function take(text) {
    const page = new DOMParser().parseFromString(text, 'text/html');
    ['verifie', 'soucis'].forEach(id => {
      const old = byId(id);
      const fresh = page.getElementById(id);
      if (old && fresh) old.parentNode.replaceChild(document.importNode(fresh, true), old);
    });
    all('.tile-state').forEach(state => { state.hidden = false; });
    all('#services .tile', page).forEach(refreshTile);
    showFavourites();
    showOpened();
  }

  function refresh() {
    asked = Date.now();
    return fetch(location.href.split('#')[0], { cache: 'no-cache' }).then(answer => {
      skew = Date.parse(answer.headers.get('Date')) - Date.now() || 0;
      return answer.ok && answer.text().then(take);
    }).catch(() => {
      // No network: the age of what stands here decides.
    });
  }

  function look() {
    if (document.hidden) return;
    refresh().then(() => {
      if (isStale()) sayUnverified();
      watch();
    });
  }

  function watch() {
    const wait = limit() - Date.now() - skew || 6e4; // no state is known
    clearTimeout(timer);
    // Spread: all pages grow old together.
    if (wait < 864e5) timer = setTimeout(look, Math.max(wait, WAIT) + 1e4 * Math.random());
  }

  function setUpStates() {
    if (!byId('verifie')) return;
    on(document, 'visibilitychange', () => (Date.now() - asked > WAIT ? look : watch)());
    (isStale() ? look : watch)();
  }

  // Académies that this device knows

  let known = readList('localStorage', 'academies');

  function setUpChoice() {
    const recents = byId('recents');
    if (!recents) return;
    on(document, 'click', event => {
      const link = event.target.closest('a[data-remember]');
      if (!link) return;
      const id = data(link, 'remember');
      known = [{ id, name: data(link, 'name') || link.textContent.trim() }]
        .concat(without(known, id)).slice(0, 3);
      keepList('localStorage', 'academies', known);
    });
    known = known.filter(item => location.search || document.querySelector('a[data-remember="' + item.id + '"]'));
    const addressOf = item => location.pathname + item.id + '/';
    if (!location.search && known.length === 1) return location.replace(addressOf(known[0]));
    fill(recents, known.map(item => listItem(element('a', item.name, {
      href: addressOf(item), 'data-remember': item.id, 'data-name': item.name,
    }))));
    recents.hidden = !known.length;
  }

  function setUpElsewhere() {
    const note = byId('autre-academie');
    const name = data(document.body, 'academie-name');
    const back = known[0];
    if (!note || !back || holds(known, academie)) return;
    fill(note, [
      say(/^[aeiouyéèêî]/i.test(name) ? 'elsewhere_vowel' : 'elsewhere', { name }), ' ',
      element('a', say('back', back), {
        href: homeAddress.replace('/' + academie + '/', '/' + back.id + '/'),
      }),
    ]);
    note.hidden = false;
  }

  // A link to share

  function setUpSharing() {
    all('[data-copy]').forEach(button => {
      const target = document.querySelector(data(button, 'copy'));
      button.hidden = false;
      on(button, 'click', () => {
        copy(target.value || target.textContent.trim()).then(done => {
          const said = data(button, 'copied') || words.copied;
          byId('copie').textContent = done ? said : words.copy_failed;
        });
      });
    });
    all('[data-print]').forEach(button => {
      button.hidden = false;
      on(button, 'click', () => window.print());
    });
  }

  on(document, 'click', event => {
    const star = event.target.closest('.tile-star');
    if (star) toggleStar(star);
    else openedBy(event);
  });
  on(document, 'auxclick', openedBy);
  all('[data-clear-opened]').forEach(button => on(button, 'click', () => {
    keepOpened([]);
    field.focus();
  }));
  on(window, 'storage', () => {
    favourites = readList('localStorage', 'favoris');
    showFavourites();
  });
  on(window, 'hashchange', offerFavourites);

  showFavourites();
  showOpened();
  offerFavourites();
  setUpSearch();
  setUpStates();
  setUpChoice();
  setUpElsewhere();
  setUpSharing();
})();
