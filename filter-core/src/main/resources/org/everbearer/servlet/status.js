'use strict';

(() => {
  const main = document.querySelector('main');
  const link = document.getElementById('link');
  const announcer = document.getElementById('announcer');
  const mayAct = main.hasAttribute('data-may-act');
  const cards = new Map();

  const COUNTERS = { refreshed: 'refreshes', unchanged: 'same token', failed: 'failed', rejections: '401s',
    replays: 'replays', adoptions: 'adopted', storeFailures: 'store failures', eventsDropped: 'events not told', unsaved: 'unsaved', deadFamilies: 'dead families' };
  const ALWAYS = ['refreshed', 'failed', 'rejections', 'replays', 'adoptions'];

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function card(name) {
    const section = [...main.querySelectorAll('.client')].find(each => each.dataset.client === name) || newSection(name);
    section.querySelector('.plain')?.remove();
    const made = {
      section,
      badge: section.querySelector('.badge'),
      sentence: section.querySelector('.sentence'),
      facts: element('dl', 'facts'),
      problem: element('p', 'problem'),
      rows: element('tbody'),
    };
    made.problem.hidden = true;
    const chartPlace = element('div', 'chart');
    const table = element('table', '', element('thead', '', element('tr', '', element('th', '', 'Time'), element('th', '', 'What happened'))), made.rows);
    const details = element('details', '', element('summary', '', 'Recent events'), element('div', 'scroll', table));
    details.querySelector('.scroll').tabIndex = 0;
    section.append(chartPlace, made.problem, made.facts, ...(mayAct ? [actions(name)] : []), details);
    made.chartPlace = chartPlace;
    made.chart = EverbearerTimeline.mount(chartPlace);
    cards.set(name, made);
    return made;
  }

  function newSection(name) {
    const section = element('section', 'client', element('div', 'head', element('h2', '', name), element('span', 'badge')),
      element('p', 'sentence'));
    section.dataset.client = name;
    section.setAttribute('aria-label', name);
    main.append(section);
    return section;
  }

  function actions(name) {
    const result = element('span', 'result');
    result.setAttribute('role', 'status');
    const button = (text, action) => {
      const made = element('button', '', text);
      made.type = 'button';
      made.addEventListener('click', () => act(name, action, result));
      return made;
    };
    return element('div', 'actions', button('Refresh now', 'refreshNow'), button('Give up the token', 'invalidate'), result);
  }

  async function act(name, action, result) {
    result.textContent = '…';
    try {
      const reply = await fetch(location.pathname, { method: 'POST', body: new URLSearchParams({ client: name }),
        headers: { 'X-Everbearer-Action': action } });
      result.textContent = (await reply.text()).trim();
    } catch {
      result.textContent = 'The server cannot be reached.';
    }
  }

  function show(state) {
    for (const client of state.clients) update(client, cards.get(client.client) || card(client.client), state.now);
    uncovered(state.uncoveredOrigins);
    count(state.now);
  }

  function uncovered(origins) {
    let section = main.querySelector('.uncovered');
    if (!origins.length) section?.remove();
    if (!origins.length || section?.querySelectorAll('li').length === origins.length) return;
    if (!section) {
      section = element('section', 'uncovered', element('h2', '', 'Servers that get no token'), element('ul'));
      main.append(section);
    }
    section.querySelector('ul').replaceChildren(...origins.map(each => element('li', '', `${each.advice}.`)));
  }

  function update(client, made, now) {
    const [word, kind] = EverbearerTimeline.badge(client);
    if (made.state && made.state !== client.state) announcer.textContent = `${client.client}: ${EverbearerTimeline.sentence(client, now)}`;
    made.state = client.state;
    made.client = client;
    made.badge.textContent = word;
    made.section.dataset.kind = kind;
    made.chartPlace.hidden = client.state === 'RELAYING'; // it has no tokens to show
    made.chart.update(client, now);
    const facts = [];
    if (client.token && client.token !== 'none') facts.push(['token', client.token, 'mono']);
    for (const [key, text] of Object.entries(COUNTERS)) {
      if (client.counters[key] || ALWAYS.includes(key)) facts.push([text, client.counters[key]]);
    }
    made.facts.replaceChildren(...facts.map(([text, value, kind2]) => element('div', kind2 || '', element('dt', '', text), element('dd', '', String(value)))));
    const failure = client.lastFailure;
    made.problem.hidden = !failure;
    if (failure) made.problem.replaceChildren(element('strong', '', 'Last failure'), ` ${time(failure.at)}  ${failure.message}`);
    made.rows.replaceChildren(...client.events.slice(-40).reverse().map(event =>
      element('tr', '', element('td', '', time(event.at)), element('td', '', EverbearerTimeline.words(event)))));
  }

  function time(at) {
    return new Date(at).toLocaleTimeString([], { hourCycle: 'h23' });
  }

  function count(now) {
    for (const { client, sentence } of cards.values()) {
      const text = EverbearerTimeline.sentence(client, now);
      if (sentence.textContent !== text) sentence.textContent = text;
    }
  }

  EverbearerTimeline.connect(location.pathname, {
    onState: show,
    onTick: count,
    onLink(up) {
      link.dataset.up = up;
      link.textContent = up ? 'live' : 'connection lost';
    },
  });
})();
