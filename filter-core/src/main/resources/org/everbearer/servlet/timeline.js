/*
 * Draws what happens to the tokens of a client, live, from the JSON of TokenStatusServlet. No other file is needed.
 *
 *   const link = EverbearerTimeline.connect('tokens', {     // the servlet's address
 *     onState(state) {},                                    // {now, clients: [...]}, events of each: all that are known
 *     onLink(up) {},                                        // whether the server can be reached
 *     onTick(now) {},                                       // four times a second: for countdowns
 *   });
 *   const chart = EverbearerTimeline.mount(element);        // an empty block element; follows its width
 *   chart.update(state.clients[0], state.now);              // as often as there is something new
 *   chart.destroy();
 *   link.close();
 *
 *   EverbearerTimeline.sentence(client, now)                // "Valid for 41 s; refreshes itself in 11 s."
 *   EverbearerTimeline.words(event)                         // "Refreshed in 84 ms, ahead of time: token 3fa29b11."
 *   EverbearerTimeline.badge(client)                        // ['refresh fails', 'warn']: good, warn, bad or idle
 *
 * Colours can be changed by the custom properties that begin with --evb-.
 */
'use strict';

const EverbearerTimeline = (() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const SPANS = [60, 90, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400, 28800].map(seconds => seconds * 1000);
  const TICKS = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map(seconds => seconds * 1000);
  const NOW_AT = .68;
  const BAR = 22;
  const USERS = 4;
  const KEPT = 500;
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
  const PILL_FONT = `650 10.5px ${FONT}`;
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  const CSS = `
    .evb { --evb-token: #33834d; --evb-on-token: #fff; --evb-margin: #e0a526; --evb-refresh: #2f6fb5; --evb-bad: #c1253f;
      --evb-node: #7a4fc0; --evb-line: #e4d9cd; --evb-soft: #6d5f57; --evb-text: #2b2320; --evb-back: #fff;
      display: block; position: relative; color: var(--evb-text); }
    @media (prefers-color-scheme: dark) {
      .evb { --evb-token: #57b877; --evb-on-token: #08210f; --evb-margin: #f0c04f; --evb-refresh: #7ab4f0;
        --evb-bad: #ff8295; --evb-node: #b797f5; --evb-line: #40352f; --evb-soft: #b7a79d; --evb-text: #f4ebe5;
        --evb-back: #211b1a; }
    }
    .evb svg { display: block; width: 100%; height: ${layout(2).height}px; overflow: hidden; touch-action: pan-y; cursor: crosshair; }
    .evb svg:focus-visible { outline: 3px solid var(--evb-bad); outline-offset: 2px; border-radius: 6px; }
    .evb text { font: 11px/1 ${FONT}; fill: var(--evb-soft); }
    .evb .evb-mono { font-family: ui-monospace, "Cascadia Mono", "Liberation Mono", Menlo, monospace; font-size: 11px; }
    .evb .evb-lane { stroke: var(--evb-line); stroke-dasharray: 1 4; }
    .evb .evb-tick { stroke: var(--evb-line); }
    .evb .evb-bar { fill: var(--evb-token); }
    .evb .evb-bar.evb-old { fill-opacity: .42; }
    .evb .evb-ghost { fill: var(--evb-token); fill-opacity: .13; }
    .evb .evb-ghost.evb-bad { fill: var(--evb-bad); stroke: var(--evb-bad); stroke-dasharray: 3 3; }
    .evb .evb-onold { fill: var(--evb-text); opacity: .8; }
    .evb .evb-planned { fill: var(--evb-back); stroke: var(--evb-refresh); stroke-width: 2; }
    .evb .evb-onbar { fill: var(--evb-on-token); }
    .evb .evb-done { fill: var(--evb-refresh); }
    .evb .evb-failed { fill: var(--evb-bad); }
    .evb .evb-running { fill: var(--evb-refresh); opacity: .55; }
    .evb .evb-wait { stroke: var(--evb-bad); stroke-width: 2; stroke-dasharray: 2 4; stroke-linecap: round; }
    .evb .evb-next { fill: var(--evb-back); stroke: var(--evb-bad); stroke-width: 2; }
    .evb .evb-stem { stroke: currentColor; stroke-opacity: .55; }
    .evb .evb-pill rect { fill: currentColor; }
    .evb .evb-pill text { fill: var(--evb-back); font: ${PILL_FONT}; }
    .evb .evb-is-bad { color: var(--evb-bad); } .evb .evb-is-node { color: var(--evb-node); }
    .evb .evb-is-warn { color: var(--evb-margin); } .evb .evb-is-good { color: var(--evb-token); }
    .evb .evb-is-warn.evb-pill text { fill: #2b1c00; }
    .evb .evb-now { stroke: var(--evb-text); stroke-width: 1.5; }
    .evb .evb-nowtext { fill: var(--evb-text); font-weight: 650; }
    .evb .evb-chosen { stroke: var(--evb-text); stroke-dasharray: 3 3; }
    .evb-readout { display: flex; flex-wrap: wrap; gap: .15rem 1rem; min-height: 2.9em; margin: .35rem 0 0; font-size: .8125rem; line-height: 1.45;
      color: var(--evb-soft); }
    .evb-readout span { display: inline-flex; align-items: center; gap: .4em; }
    .evb-readout svg { display: inline-block; width: 18px; height: 11px; cursor: auto; }
    .evb-readout.evb-said { color: var(--evb-text); }
    @media (max-width: 30rem) { .evb-readout { column-gap: .7rem; font-size: .75rem; } .evb-readout span { gap: .3em; } }`;

  /** Where things are, from top to bottom, above them so many rows of tokens. */
  function layout(count) {
    const rows = Array.from({ length: count }, (_, index) => 30 + 26 * index);
    const refresh = rows[count - 1] + 38;
    return { rows, refresh, pills: [refresh + 26, refresh + 46], axis: refresh + 72, height: refresh + 90 };
  }

  /* ---- Words ---- */

  function duration(millis) {
    const seconds = Math.max(0, Math.ceil(millis / 1000));
    if (seconds < 60) return `${seconds} s`;
    const two = (large, unit, small, smallUnit) => `${large} ${unit}${small ? ` ${small} ${smallUnit}` : ''}`;
    if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
    if (seconds < 86400) return two(Math.floor(seconds / 3600), 'h', Math.floor(seconds % 3600 / 60), 'min');
    return two(Math.floor(seconds / 86400), 'd', Math.floor(seconds % 86400 / 3600), 'h');
  }

  function sentence(client, now) {
    return client.sentence.map(part => typeof part === 'number' ? duration(part - now) : part).join('');
  }

  const TRIGGERS = { ahead: 'ahead of time', expired: 'because it had expired', rejected: 'because it was rejected',
    start: 'at the start', manual: 'on demand' };

  function took(millis) {
    return millis < 1000 ? `${millis} ms` : `${(millis / 1000).toFixed(1)} s`;
  }

  function words(event) {
    const who = event.identity === 'application' ? '' : ` (user ${event.identity})`;
    const why = TRIGGERS[event.trigger] ? `, ${TRIGGERS[event.trigger]}` : '';
    const token = event.token === 'none' ? '' : `: token ${event.token}`;
    const next = event.nextTry ? ` Next try ${duration(event.nextTry - event.at)} later.` : '';
    const message = event.message ? ` ${event.message}.` : '';
    const replaces = event.familyBefore === 'none' ? '' : ` in place of ${event.familyBefore}`;
    const families = event.familyNow && event.familyBefore !== event.familyNow ? `, family ${event.familyNow}${replaces}` : '';
    const times = event.count > 1 ? `, ${event.count} times` : '';
    return ({
      loaded: () => `Loaded the stored or configured tokens${token}${families}.`,
      held: () => `Held${token}.`,
      stored: () => `The application handed over new tokens${token}${families}.`,
      cleared: () => 'The application cleared the tokens.',
      refreshing: () => `Asked the identity server for new tokens${why}.`,
      refreshed: () => `Refreshed in ${took(event.duration)}${why}${token}.`,
      unchanged: () => `The identity server handed out the same token again${why}${token}.`,
      adopted: () => `Took over the tokens that ${event.node || 'somebody else'} had stored${token}${families}.`,
      failed: () => `Refreshing failed after ${took(event.duration)}:${message}${next}`,
      replayed: () => 'The last refresh was not answered: presented it again.',
      saved: () => 'Saved the tokens that could not be saved before.',
      'not-saved': () => `Could not save the new tokens:${message}`,
      invalidated: () => `The resource server rejected the token (401)${times}${token}.`,
      'given-up': () => 'The token was given up by hand; the next call gets another one.',
      dead: () => 'The refresh token was rejected. Only new tokens help.',
      'served-stale': () => 'A call was served the old, still valid token while refreshing fails.',
      'store-failed': () => `The token store failed:${message}`,
      repaired: () => `The store held an older pair (${event.familyBefore}); wrote ${event.familyNow} back.`,
      'old-pair': () => `The configured pair (${event.familyBefore}) is older than the stored one (${event.familyNow}): not used.`,
      released: () => 'The session has ended here; its tokens go unless another node uses them.',
      'odd-token': () => `The new token is odd:${message}`,
    }[event.type] || (() => event.type))() + who;
  }

  const BADGES = { VALID: ['valid', 'good'], REFRESHING: ['refreshing', 'good'], FAILING: ['refresh fails', 'warn'],
    EXPIRED: ['expired', 'warn'], FETCHING: ['fetching', 'warn'], DOWN: ['no token', 'bad'], DEAD: ['needs new tokens', 'bad'],
    STARTING: ['not used yet', 'idle'], PER_USER: ['per user', 'idle'], RELAYING: ['relay', 'idle'] };

  function badge(client) {
    return BADGES[client.state] || [client.state, 'idle'];
  }

  function clockTime(millis, withSeconds = true) {
    return new Date(millis).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit',
      second: withSeconds ? '2-digit' : undefined, hourCycle: 'h23' });
  }

  /* ---- The connection ---- */

  function connect(url, { onState, onLink = () => {}, onTick = () => {} }) {
    const known = new Map();
    const ticking = setInterval(tick, 250);
    let state = null;
    let heard = 0;
    let asked = 0;
    let source = null;
    let timer = null;
    let closed = false;

    function take(text, all) {
      state = JSON.parse(text);
      heard = performance.now();
      for (const client of state.clients) {
        const before = all ? [] : known.get(client.client) || [];
        const newest = before.length ? before[before.length - 1].number : 0;
        client.events = before.concat(client.events.filter(event => event.number > newest)).slice(-KEPT);
        known.set(client.client, client.events);
      }
      onLink(true);
      onState(state);
    }

    /** The sentences count down; when one comes to its end the state is another, which the server knows. */
    function tick() {
      if (!state) return;
      const now = state.now + performance.now() - heard;
      onTick(now);
      const over = state.clients.some(client => client.sentence.some(part => typeof part === 'number' && part <= now));
      if (!over || performance.now() - asked < 1000) return;
      asked = performance.now();
      ask().catch(() => {}); // the event source says so, and tries again
    }

    async function ask() {
      const reply = await fetch(url, { headers: { Accept: 'application/json' }, cache: 'no-store' });
      if (!reply.ok) throw new Error(reply.status);
      const text = await reply.text();
      if (!closed) take(text, true);
    }

    function listen() {
      let fresh = true;
      let spoke = false;
      source = new EventSource(url);
      source.onopen = () => { fresh = true; }; // the first message of each connection holds all events
      source.onmessage = message => {
        take(message.data, fresh);
        fresh = false;
        spoke = true;
      };
      source.onerror = () => {
        onLink(false);
        if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
        if (spoke) later(listen, 3000);
        else later(poll, 0); // no asynchronous requests here
      };
    }

    async function poll() {
      await ask().catch(() => onLink(false));
      later(poll, 2000);
    }

    function later(what, millis) {
      if (!closed) timer = setTimeout(what, millis);
    }

    if (window.EventSource) listen();
    else poll();
    return {
      close() {
        closed = true;
        clearInterval(ticking);
        clearTimeout(timer);
        if (source) source.close();
      },
    };
  }

  /* ---- From events to what is drawn ---- */

  /** Each access token's life: {identity, token, from, margin, to, replaced, rejected}, in the order of their beginning. */
  function lives(client, horizon) {
    const all = [];
    const current = new Map();
    const perUser = isPerUser(client);
    const end = (identity, at) => {
      const life = current.get(identity);
      if (life && !life.replaced) life.replaced = at;
      current.delete(identity);
    };
    for (const event of client.events) {
      const { identity, token } = event;
      if ((identity === 'application') === perUser) continue;
      const life = current.get(identity);
      if (event.type === 'invalidated') {
        if (life) life.rejected = event.at;
      } else if (event.type === 'cleared' || event.type === 'given-up') {
        end(identity, event.at);
      } else if (['loaded', 'stored', 'refreshed', 'adopted'].includes(event.type) && token !== 'none') {
        if (life && life.token === token) {
          if (!life.rejected) Object.assign(life, { to: event.expiresAt, margin: event.refreshesAt });
          continue;
        }
        end(identity, event.at);
        const next = { identity, token, from: event.at, margin: event.refreshesAt, to: event.expiresAt };
        current.set(identity, next);
        if (event.expiresAt > event.at) all.push(next);
      }
    }
    const held = current.get('application');
    if (client.token && client.token !== 'none' && (!held || held.token !== client.token) && client.expiresAt) {
      all.push({ identity: 'application', token: client.token, from: horizon, margin: client.refreshesAt, to: client.expiresAt });
    }
    return all;
  }

  function isPerUser(client) {
    return client.state === 'PER_USER';
  }

  /**
   * Which lives are drawn in which row: the application's in two, by turns; of users each in a row of their own, those who
   * came last. {lives, labels, hidden}, hidden being how many users have no row.
   */
  function rows(client, all, from) {
    const seen = life => life.to > from;
    if (!isPerUser(client)) {
      return { hidden: 0, labels: ['token', ''],
        lives: all.map((life, index) => ({ ...life, row: index % 2, room: all[index + 2]?.from })).filter(seen) };
    }
    const users = [...new Set(all.filter(seen).map(life => life.identity))]; // in the order in which they came
    const shown = users.slice(-USERS);
    const drawn = all.filter(life => seen(life) && shown.includes(life.identity));
    return { hidden: users.length - shown.length, labels: shown.length > 1 ? shown : [...shown, '', ''].slice(0, 2),
      lives: drawn.map((life, index) => ({ ...life, row: shown.indexOf(life.identity),
        room: drawn.slice(index + 1).find(later => later.identity === life.identity)?.from })) };
  }

  const MARKS = {
    invalidated: ['401', 'bad'], replayed: ['replay', 'warn'], dead: ['dead', 'bad'], 'served-stale': ['old token', 'warn'],
    'store-failed': ['store', 'bad'], 'not-saved': ['not saved', 'bad'], saved: ['saved', 'good'], stored: ['new tokens', 'good'],
    cleared: ['cleared', 'node'], 'given-up': ['given up', 'node'], repaired: ['repaired', 'warn'], 'old-pair': ['old pair', 'warn'],
    'odd-token': ['odd token', 'warn'],
  };

  const ENDS_WAITING = ['refreshed', 'unchanged', 'failed', 'adopted', 'stored', 'cleared', 'loaded'];

  function short(node) {
    return node.length > 18 ? `${node.slice(0, 17)}…` : node;
  }

  function mark(event) {
    if (event.type === 'adopted') return [`from ${short(event.node || 'the store')}`, 'node'];
    return MARKS[event.type];
  }

  function span(all) {
    const longest = all.slice(-5).reduce((most, life) => Math.max(most, life.to - life.from), 0);
    return SPANS.find(each => each >= longest * 3.4) || SPANS[SPANS.length - 1];
  }

  /* ---- Drawing ---- */

  function make(name, attributes, ...children) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  const pen = document.createElement('canvas').getContext('2d');

  /** How wide the mark with this text is. */
  function pillWidth(text) {
    pen.font = PILL_FONT;
    return pen.measureText(text).width + 14;
  }

  let serial = 0;
  let styled = false;

  function style() {
    if (styled) return;
    styled = true;
    const sheet = new CSSStyleSheet(); // what a Content-Security-Policy allows to any script that may run
    sheet.replaceSync(CSS);
    // First, so that the page's own rules can change it.
    document.adoptedStyleSheets = [sheet, ...document.adoptedStyleSheets];
  }

  function mount(element) {
    style();
    const id = `evb-${++serial}`;
    const hatch = make('pattern', { id: `${id}-hatch`, width: 6, height: 6, patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)' }, make('rect', { width: 3, height: 6, fill: 'var(--evb-margin)' }));
    const stop = (offset, opacity) => make('stop', { offset, 'stop-color': 'var(--evb-back)', 'stop-opacity': opacity });
    const fade = make('linearGradient', { id: `${id}-fade` }, stop(0, 1), stop(1, 0));
    const view = make('rect', { y: 0 });
    const world = make('g', {});
    const pills = make('g', {});
    const nowLine = make('line', { class: 'evb-now', y1: 20 });
    const front = make('g', {});
    const chosen = make('line', { class: 'evb-chosen', y1: 22, visibility: 'hidden' });
    const svg = make('svg', { tabindex: 0, role: 'slider', 'aria-label': 'Timeline', 'aria-valuemin': 0 },
      make('defs', {}, hatch, fade, make('clipPath', { id: `${id}-view` }, view)),
      make('g', { 'clip-path': `url(#${id}-view)` }, world, nowLine, pills), front);
    const readout = document.createElement('p');
    readout.className = 'evb-readout';
    const box = document.createElement('div');
    box.className = 'evb';
    box.append(svg, readout);
    element.append(box);

    let client = null;
    let skew = 0;
    let width = 0;
    let gutter = 0;
    let origin = 0;
    let scale = 1;
    let drawn = 0;
    let frame = 0;
    let selected = null;
    let stops = [];
    let y = layout(2);

    const time = () => performance.now() + skew;
    const x = at => (at - origin) * scale;
    const screenX = at => gutter + (width - gutter) * NOW_AT + (at - time()) * scale;

    function draw() {
      width = svg.clientWidth;
      if (!client || !width) return;
      gutter = width < 560 ? 50 : 62;
      view.setAttribute('x', gutter - 7);
      view.setAttribute('width', Math.max(0, width - gutter + 6));
      drawn = performance.now();
      const current = time();
      origin = Math.round(current);
      const all = lives(client, current - SPANS[SPANS.length - 1]);
      const window = span(all);
      scale = (width - gutter) / window;
      const from = current - window * (NOW_AT + .1);
      const to = current + window * (1.1 - NOW_AT);
      const plan = rows(client, all, from);
      arrange(plan.labels.length);
      world.replaceChildren(...ticks(from, to), ...plan.lives.flatMap(life => ghost(life, from, to)),
        ...plan.lives.flatMap(life => bar(life, from, to, current)),
        ...refreshes(from), ...stems(from), chosen);
      pills.replaceChildren(...marks(from));
      const nowX = gutter + (width - gutter) * NOW_AT;
      nowLine.setAttribute('x1', nowX);
      nowLine.setAttribute('x2', nowX);
      front.replaceChildren(
        make('rect', { fill: `url(#${id}-fade)`, x: gutter - 8, y: 0, width: 28, height: y.height }),
        make('rect', { fill: `url(#${id}-fade)`, x: -width - 4, y: 0, width: 40, height: y.height,
          transform: 'scale(-1 1)' }),
        ...plan.labels.map((text, index) => isPerUser(client) ? user(text, y.rows[index] + 15) : label(text, y.rows[index] + 21)),
        label('refresh', y.refresh + 1), label('events', y.pills[0] + 17),
        label(plan.hidden ? `and ${plan.hidden} more` : '', 13),
        make('text', { class: 'evb-nowtext', x: nowX, y: 13, 'text-anchor': 'middle' }, 'now'));
      stops = client.events.filter(event => event.at > from && event.type !== 'refreshing');
      svg.setAttribute('aria-label', `Timeline of ${client.client}: the arrow keys step through its events`);
      svg.setAttribute('aria-valuemax', Math.max(0, stops.length - 1));
      showSelected();
      place();
    }

    function arrange(count) {
      if (y.rows.length !== count) svg.style.height = `${layout(count).height}px`;
      y = layout(count);
      view.setAttribute('height', y.height);
      nowLine.setAttribute('y2', y.axis);
      chosen.setAttribute('y2', y.axis);
    }

    function label(text, at) {
      return make('text', { x: 0, y: at }, text);
    }

    /** A user's name is a fingerprint, of which a narrow margin has room for the beginning. */
    function user(name, at) {
      return make('text', { class: 'evb-mono', x: 0, y: at }, name.slice(0, gutter < 60 ? 6 : 8));
    }

    function ticks(from, to) {
      const step = TICKS.find(each => each * scale > 74) || TICKS[TICKS.length - 1];
      const offset = new Date().getTimezoneOffset() * 60000;
      const made = [make('line', { class: 'evb-lane', x1: x(from), x2: x(to), y1: y.refresh - 3, y2: y.refresh - 3 })];
      for (let at = Math.ceil((from - offset) / step) * step + offset; at < to; at += step) {
        made.push(make('line', { class: 'evb-tick', x1: x(at), x2: x(at), y1: 22, y2: y.axis }),
          make('text', { x: x(at), y: y.axis + 13, 'text-anchor': 'middle' }, clockTime(at, step < 60000)));
      }
      return made;
    }

    function rect(life, a, b, attributes) {
      return make('rect', { x: x(a), y: y.rows[life.row], width: Math.max(2, x(b) - x(a)), height: BAR, rx: 5, ...attributes });
    }

    function over(life) {
      return Math.min(life.rejected || Infinity, life.replaced || Infinity, life.to);
    }

    /** The rest of a life: the token would have been valid still. */
    function ghost(life, from, to) {
      const begin = Math.max(over(life), from);
      const end = Math.min(life.to, to, life.room ?? to); // not behind the next one in this row
      return end > begin ? [rect(life, begin, end, { class: life.rejected ? 'evb-ghost evb-bad' : 'evb-ghost' })] : [];
    }

    function bar(life, from, to, current) {
      const left = Math.max(life.from, from);
      const right = Math.min(over(life), to);
      if (right <= left) return [];
      const old = over(life) < current || life.replaced;
      const made = [rect(life, left, right, { class: old ? 'evb-bar evb-old' : 'evb-bar' })];
      const margin = Math.max(life.margin || right, left);
      if (margin < right) made.push(rect(life, margin, right, { fill: `url(#${id}-hatch)`, 'fill-opacity': old ? .6 : 1 }));
      if (x(margin) - x(left) > 70) {
        made.push(make('text', { class: `evb-mono ${old ? 'evb-onold' : 'evb-onbar'}`, x: x(left) + 8, y: y.rows[life.row] + 15 }, life.token));
      }
      return made;
    }

    function refreshes(from) {
      const made = [];
      let waiting = null;
      const line = (a, b) => make('line', { class: 'evb-wait', x1: x(a), x2: x(b), y1: y.refresh - 3, y2: y.refresh - 3 });
      for (const event of client.events) {
        if (!ENDS_WAITING.includes(event.type)) continue;
        const begin = event.at - (event.duration || 0);
        if (waiting && begin > waiting.at && event.identity === waiting.identity) made.push(line(Math.max(waiting.at, from), begin));
        waiting = event.type === 'failed' ? event : null;
        if (event.at < from || !['failed', 'refreshed', 'unchanged'].includes(event.type)) continue;
        made.push(make('rect', { class: event.type === 'failed' ? 'evb-failed' : 'evb-done', x: x(Math.max(begin, from)) - 2,
          y: y.refresh - 10, width: Math.max(5, x(event.at) - x(Math.max(begin, from)) + 2), height: 14, rx: 3 }));
      }
      const next = client.nextTry;
      if (waiting && next && !client.refreshingSince) {
        made.push(line(waiting.at, next), make('circle', { class: 'evb-next', cx: x(next), cy: y.refresh - 3, r: 4 }));
      }
      const planned = !waiting && !client.refreshingSince && client.refreshesAt;
      if (planned > time()) made.push(make('circle', { class: 'evb-planned', cx: x(planned), cy: y.refresh - 3, r: 4 }));
      if (client.refreshingSince) {
        made.push(make('rect', { class: 'evb-running', x: x(client.refreshingSince) - 2, y: y.refresh - 10, height: 14, rx: 3,
          width: Math.max(5, x(time()) - x(client.refreshingSince)) }));
      }
      return made;
    }

    function marked(from) {
      return client.events.filter(event => event.at >= from && mark(event));
    }

    function stems(from) {
      return marked(from).map(event => make('line', { class: `evb-stem evb-is-${mark(event)[1]}`, x1: x(event.at), x2: x(event.at),
        y1: 24, y2: y.pills[0] }));
    }

    /** The newest first: where there is no room for all, older ones and those that say least go without words. */
    function marks(from) {
      const least = event => event.type === 'served-stale' ? 1 : 0;
      const placed = [];
      for (const event of marked(from).reverse().sort((a, b) => least(a) - least(b))) {
        const [text, kind] = mark(event);
        const at = x(event.at);
        const wide = pillWidth(text);
        const near = placed.filter(pill => Math.abs(pill.at - at) < (pill.wide + wide) / 2 + 3);
        const same = near.find(pill => pill.text === text);
        const row = y.pills.findIndex((_, index) => near.every(pill => pill.row !== index));
        if (same) same.count++;
        else if (row >= 0) placed.push({ at, text, kind, row, count: 1, wide: wide + 8 });
      }
      return placed.map(({ at, text, kind, row, count }) => {
        const words = count > 1 ? `${text} ×${count}` : text;
        const wide = pillWidth(words);
        return make('g', { class: `evb-pill evb-is-${kind}` },
          row ? make('line', { class: 'evb-stem', x1: at, x2: at, y1: y.pills[0], y2: y.pills[row] }) : '',
          make('rect', { x: at - wide / 2, y: y.pills[row] - 8, width: wide, height: 16, rx: 8 }),
          make('text', { x: at, y: y.pills[row] + 4, 'text-anchor': 'middle' }, words));
      });
    }

    function place() {
      const moved = `translate(${screenX(origin).toFixed(2)} 0)`;
      world.setAttribute('transform', moved);
      pills.setAttribute('transform', moved);
    }

    function tick() {
      // Drawn anew when time has moved on by a good part of the picture, or something in it grows.
      const age = performance.now() - drawn;
      if (age * scale > 40 || client && client.refreshingSince && age > 100 || age > 5000) draw();
      else place();
      frame = still.matches ? setTimeout(tick, 1000) : requestAnimationFrame(tick);
    }

    /* Selection: by pointer, and by the arrow keys. */

    function select(event) {
      selected = event;
      showSelected();
    }

    function showSelected() {
      const index = selected ? stops.findIndex(each => each.number === selected.number) : -1;
      if (index < 0) {
        selected = null;
        chosen.setAttribute('visibility', 'hidden');
        svg.setAttribute('aria-valuenow', Math.max(0, stops.length - 1));
        svg.setAttribute('aria-valuetext', client ? sentence(client, time()) : '');
        if (readout.classList.contains('evb-said') || !readout.hasChildNodes()) readout.replaceChildren(...legend());
        readout.classList.remove('evb-said');
        return;
      }
      const text = `${clockTime(selected.at)}  ${words(selected)}`;
      chosen.setAttribute('x1', x(selected.at));
      chosen.setAttribute('x2', x(selected.at));
      chosen.setAttribute('visibility', 'visible');
      svg.setAttribute('aria-valuenow', index);
      svg.setAttribute('aria-valuetext', text);
      readout.textContent = text;
      readout.classList.add('evb-said');
    }

    function legend() {
      const item = (text, ...shapes) => {
        const span = document.createElement('span');
        const icon = make('svg', { viewBox: '0 0 18 11', 'aria-hidden': 'true' }, ...shapes);
        span.append(icon, text);
        return span;
      };
      const whole = { width: 18, height: 11, rx: 3 };
      return [
        item('valid', make('rect', { ...whole, class: 'evb-bar' })),
        item('refresh margin', make('rect', { ...whole, class: 'evb-bar' }), make('rect', { ...whole, fill: `url(#${id}-hatch)` })),
        item('replaced', make('rect', { ...whole, class: 'evb-bar evb-old' })),
        item('refresh', make('rect', { ...whole, class: 'evb-done' })),
        item('planned', make('circle', { class: 'evb-planned', cx: 9, cy: 5.5, r: 4 })),
        item('failed', make('rect', { ...whole, class: 'evb-failed' })),
        item('waits to try again', make('line', { class: 'evb-wait', x1: 1, x2: 17, y1: 5.5, y2: 5.5 })),
      ];
    }

    function onPointer(event) {
      const box = svg.getBoundingClientRect();
      const at = event.clientX - box.left;
      const amongMarks = event.clientY - box.top > y.pills[0] - 12; // there each has words, and they mean the mark
      let best = null;
      for (const each of amongMarks ? stops.filter(mark) : stops) {
        const distance = Math.abs(screenX(each.at) - at);
        if (distance < 14 && (!best || distance <= best.distance)) best = { distance, each };
      }
      select(best && best.each);
    }

    function onKey(event) {
      const index = selected ? stops.findIndex(each => each.number === selected.number) : stops.length;
      const next = { ArrowLeft: index - 1, ArrowDown: index - 1, ArrowRight: index + 1, ArrowUp: index + 1, Home: 0,
        End: stops.length - 1 }[event.key];
      if (event.key === 'Escape') select(null);
      else if (next === undefined) return;
      else select(stops[Math.max(0, next)] || null);
      event.preventDefault();
    }

    svg.addEventListener('pointermove', onPointer);
    svg.addEventListener('pointerdown', onPointer);
    svg.addEventListener('pointerleave', () => select(null));
    svg.addEventListener('keydown', onKey);
    svg.addEventListener('blur', () => select(null));
    const resized = new ResizeObserver(draw);
    resized.observe(box);
    readout.replaceChildren(...legend());
    tick();

    return {
      update(newClient, serverNow) {
        client = newClient;
        skew = serverNow - performance.now();
        draw();
      },
      destroy() {
        cancelAnimationFrame(frame);
        clearTimeout(frame);
        resized.disconnect();
        box.remove();
      },
    };
  }

  return { connect, mount, sentence, words, badge, duration };
})();
