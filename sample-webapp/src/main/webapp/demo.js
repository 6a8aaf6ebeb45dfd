'use strict';

/* The demo's parts of the page: what happens to the token, and buttons that have the stand-in server misbehave. */
(() => {
  const news = document.getElementById('news');

  /* ---- The timeline, where the status servlet lets us look ---- */

  let client = null; // as the status servlet describes it

  function watch() {
    const panel = document.getElementById('watch');
    const sentence = document.getElementById('sentence');
    const badge = document.getElementById('badge');
    let chart = null;

    function count(now) {
      if (!client) return;
      const text = EverbearerTimeline.sentence(client, now);
      if (sentence.textContent !== text) sentence.textContent = text;
      client.asOf = now;
    }

    EverbearerTimeline.connect('tokens/', {
      onState(state) {
        client = state.clients.find(each => each.client === 'sample-chat-proxy');
        if (!client) return;
        panel.hidden = false;
        document.body.classList.add('demo', 'watching');
        chart ??= EverbearerTimeline.mount(document.getElementById('timeline'));
        chart.update(client, state.now);
        [badge.textContent, panel.dataset.kind] = EverbearerTimeline.badge(client);
        document.getElementById('renew-button').classList.toggle('wanted', client.state === 'DEAD');
        count(state.now);
      },
      onTick: count,
      onLink(up) {
        if (!up) [badge.textContent, panel.dataset.kind] = ['connection lost', 'bad'];
      },
    });
  }

  /** "in 7 s", as far as that is known. */
  function nextRefresh() {
    const wait = client?.refreshesAt - client?.asOf;
    return wait > 0 ? `, in ${EverbearerTimeline.duration(wait)}` : '';
  }

  /* ---- The stand-in server ---- */

  async function order(action, body = {}) {
    const reply = await fetch(`api/stand-in/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => { throw new Error('This page cannot reach its server.'); });
    const answer = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Error(answer.message || 'Something went wrong.');
    return answer;
  }

  const calls = count => order('calls', { count });
  const pause = millis => new Promise(done => setTimeout(done, millis));
  const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
  const took = millis => millis < 1000 ? `${millis} ms` : `${(millis / 1000).toFixed(1)} s`;

  /** Chats twice a second until it is told to stop, and counts what comes back. */
  function chatting() {
    const count = { ok: 0, refused: 0, failed: 0, slowestMillis: 0 };
    const timer = setInterval(async () => {
      const answer = await calls(1).catch(() => ({ failed: 1 }));
      for (const key of ['ok', 'refused', 'failed']) count[key] += answer[key] || 0;
      count.slowestMillis = Math.max(count.slowestMillis, answer.slowestMillis || 0);
    }, 500);
    return { count, stop: () => clearInterval(timer) };
  }

  function outcome({ ok, refused, failed }, all) {
    const said = [ok === all ? `all ${ok} OK` : `${ok} OK`];
    if (refused) said.push(`${refused} refused for lack of a token`);
    if (failed) said.push(`${failed} failed`);
    return said.join(', ');
  }

  function chatted({ ok, refused, failed }) {
    const said = [plural(ok, 'chat') + ' answered'];
    if (refused) said.push(`${refused} refused at once when no valid token was left`);
    if (failed) said.push(`${failed} failed`);
    return said.join(', ');
  }

  const spotless = count => !count.refused && !count.failed;

  /** Waits until the server has counted one more of something; says what it waits for. */
  async function oneMore(counter, before, words, say) {
    for (let stats = before; ; stats = await order('stats')) {
      if (stats[counter] > before[counter]) return stats;
      say(words());
      await pause(500);
    }
  }

  /** Counts the seconds down while chats go on. */
  async function during(seconds, words, say) {
    const end = performance.now() + seconds * 1000;
    const chats = chatting();
    try {
      for (let left = seconds; left > 0; left = (end - performance.now()) / 1000) {
        say(words(Math.ceil(left), chats.count));
        await pause(250);
      }
    } finally {
      chats.stop();
    }
    return chats.count;
  }

  const PAUSE = 'The 401 was passed on: tokens that are rejected one after the other are replaced at growing intervals only. '
    + 'Try again in some seconds.';

  /** What each button does. Says how it is going, and returns what came of it and whether that is good. */
  const ACTIONS = {
    async burst(say) {
      say('200 threads call the chat service…');
      await order('revoke');
      const answer = await calls(200);
      if (answer.failed) return [PAUSE, 'warn'];
      return [`200 answers, ${outcome(answer, 200)}. ${answer.chatUnauthorized} met a 401 first; `
        + `${plural(answer.refreshes, 'refresh', 'refreshes')}, slowest ${took(answer.slowestMillis)}.`,
      answer.ok === 200 ? 'good' : 'warn'];
    },

    async revoke(say) {
      say('Revoked. Chatting with it…');
      await order('revoke');
      const answer = await calls(1);
      if (answer.failed) return [PAUSE, 'warn'];
      if (answer.ok && !answer.chatUnauthorized) return ['The token had just been replaced by itself. Try again.', 'warn'];
      if (answer.refused) return ['401, and no new token to be had: the call was refused at once.', 'warn'];
      return [`401, refreshed, repeated: the caller got 200 OK after ${took(answer.slowestMillis)}.`, 'good'];
    },

    async down(say) {
      const before = await order('stats');
      const { seconds } = await order('down');
      const count = await during(seconds, (left, chats) => `Down: ${left} s left; meanwhile ${chatted(chats)}.`, say);
      await oneMore('rotations', before, () => 'The server is back; the next try is due.', say);
      return [`Over: ${chatted(count)}. Refreshing has resumed by itself.`, spotless(count) ? 'good' : 'warn'];
    },

    async slow(say) {
      const before = await order('stats');
      const { seconds, millis } = await order('slow');
      const count = await during(seconds, (left, chats) =>
        `Slow: ${left} s left; meanwhile ${chatted(chats)}, the slowest in ${took(chats.slowestMillis)}.`, say);
      const refreshes = (await order('stats')).refreshes - before.refreshes;
      return [`Over: ${plural(refreshes, 'slow refresh', 'slow refreshes')}, but ${chatted(count)}, the slowest in `
        + `${took(count.slowestMillis)}.`, spotless(count) && count.slowestMillis < millis ? 'good' : 'warn'];
    },

    async lose(say) {
      const before = await order('stats');
      await order('lose-reply');
      const chats = chatting();
      try {
        await oneMore('repliesLost', before, () => `Waiting for the next refresh${nextRefresh()}.`, say);
        await oneMore('replays', before, () => 'The reply is lost. The same refresh token is presented again…', say);
      } finally {
        chats.stop();
      }
      return [`The reply was lost, the tokens were not; meanwhile ${chatted(chats.count)}.`,
        spotless(chats.count) ? 'good' : 'warn'];
    },

    async kill(say) {
      const before = await order('stats');
      await order('kill');
      const chats = chatting();
      try {
        await oneMore('deadTokens', before, () => `Killed. The library learns of it at its next refresh${nextRefresh()}.`,
          say);
      } finally {
        chats.stop();
      }
      return ['Dead: the last token serves to its end, then chats are refused. Signing in helps.', 'bad'];
    },

    async renew(say) {
      if (signIn) return void location.assign('login');
      say('Signing in…');
      await order('new-family');
      const answer = await calls(1);
      return [answer.ok ? 'New tokens are in use: the chat goes on.' : 'There are new tokens, but the call failed.',
        answer.ok ? 'good' : 'warn'];
    },
  };

  let signIn = false; // whether each user has a token of their own

  /** Runs an action once at a time; its words stand beside the button, their first and last are read out. */
  function attach(button, card, action) {
    const result = card.querySelector('.result');
    const run = Symbol(action);
    let busy = false;
    button.addEventListener('click', async () => {
      if (busy) return;
      busy = true;
      card.run = run; // two buttons may share a card: the one pressed last has the word
      button.setAttribute('aria-disabled', 'true'); // not "disabled", which would take the focus away
      let first = true;
      const say = (text, state = 'running') => {
        if (card.run !== run) return;
        card.dataset.state = state;
        if (result.textContent !== text) result.textContent = text;
        if (first || state !== 'running') news.textContent = `${button.textContent}: ${text}`;
        first = false;
      };
      try {
        const done = await ACTIONS[action](say);
        if (done) say(...done);
      } catch (e) {
        say(e.message, 'bad');
      } finally {
        busy = false;
        button.removeAttribute('aria-disabled');
      }
    });
  }

  async function offerControls() {
    const stats = await order('stats').catch(() => ({}));
    if (!stats.standIn) return;
    signIn = stats.signIn;
    for (const action of ['burst', 'revoke', 'down', 'slow', 'lose']) {
      const card = document.getElementById(action);
      attach(card.querySelector('button'), card, action);
    }
    const card = document.getElementById('kill');
    attach(document.getElementById('kill-button'), card, 'kill');
    attach(document.getElementById('renew-button'), card, 'renew');
    document.getElementById('controls').hidden = false;
    document.body.classList.add('demo');
  }

  if (typeof EverbearerTimeline !== 'undefined') watch(); // else its script was refused
  offerControls();
})();
