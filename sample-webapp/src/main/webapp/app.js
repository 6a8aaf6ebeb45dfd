'use strict';

const log = document.getElementById('log');
const messages = document.getElementById('messages');
const composer = document.getElementById('composer');
const input = document.getElementById('message');
const sendText = document.getElementById('send-text');

let sessionId = null;
let signsIn = false; // whether each user has a token of their own here
let answering = null; // the AbortController of the answer that is being written

/* ---- Talking to the server ---- */

/** A failure with words for the person who reads it. */
class Failure extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function post(path, body, accept, signal) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: accept },
      body: JSON.stringify(body),
      signal,
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Failure('offline', 'This page cannot reach its server. Is it running, and are you online?');
  }
  if (response.ok) return response;
  const error = await response.json().catch(() => ({}));
  if (response.status === 401) showSignedOut('Your session has ended. Sign in again to go on.');
  throw new Failure(error.error, inHumanWords(response, error));
}

function inHumanWords(response, error) {
  if (response.status === 503) {
    const pause = Number(response.headers.get('Retry-After'));
    return 'The server has no valid token for the chat service at the moment. '
      + (pause > 0 ? `It tries again by itself; ask again in ${seconds(pause)}.` : 'Please try again in a moment.');
  }
  if (response.status === 401) return 'Your session has ended. Please sign in again.';
  return error.message || 'Something went wrong. Please try again.';
}

function seconds(count) {
  const whole = Math.max(1, Math.round(count));
  return whole === 1 ? 'one second' : `${whole} seconds`;
}

/** Sends a message and hands each word of the answer to onWord. Begins a conversation when there is none. */
async function ask(message, onWord, signal) {
  for (let attempt = 1; ; attempt++) {
    try {
      if (!sessionId) {
        const session = await post('api/sessions', {}, 'application/json', signal);
        sessionId = (await session.json()).sessionId;
      }
      const answer = await post('api/chat', { message, sessionId }, 'text/event-stream, application/json', signal);
      return await readEvents(answer.body, onWord);
    } catch (e) {
      if (e.code !== 'unknown_session' || attempt > 1) throw e;
      sessionId = null; // the chat service has forgotten it: begin anew
    }
  }
}

async function readEvents(body, onWord) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const events = (rest + value).split('\n\n');
      rest = events.pop();
      for (const event of events) {
        const name = /^event: ?(.*)$/m.exec(event)?.[1];
        if (name === 'done') return;
        const data = [...event.matchAll(/^data: ?(.*)$/gm)].map(match => match[1]).join('\n');
        if (name === 'error') throw new Failure('interrupted', JSON.parse(data).message);
        if (!name && data) onWord(wordOf(JSON.parse(data)));
      }
    }
  } catch (e) {
    if (e instanceof Failure || e.name === 'AbortError') throw e;
  }
  throw new Failure('interrupted', 'The connection broke in the middle of the answer.');
}

/** Chat services differ in what they call the next piece of an answer. */
function wordOf({ delta, word }) {
  return delta ?? word ?? '';
}

/* ---- The conversation ---- */

function addMessage(who, text, mine) {
  document.getElementById('welcome')?.remove();
  const item = element('li', mine ? 'message mine' : 'message');
  item.append(element('span', 'who', who), element('div', 'text', text));
  messages.append(item);
  log.scrollTop = log.scrollHeight;
  return item;
}

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

async function converse(message) {
  const item = addMessage('Chat service', '', false);
  const text = item.querySelector('.text');
  item.setAttribute('aria-busy', 'true');
  setAnswering(new AbortController());
  try {
    await ask(message, word => append(text, word), answering.signal);
    announce('Answer: ' + text.textContent);
  } catch (e) {
    if (!text.textContent) text.remove();
    if (e.name === 'AbortError') item.append(element('p', 'note', 'Stopped.'));
    else item.append(failure(e, () => retry(item, message)));
    log.scrollTop = log.scrollHeight;
    checkHealth();
  } finally {
    item.removeAttribute('aria-busy');
    setAnswering(null);
  }
}

function append(text, word) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const glue = text.textContent && !/^\s/.test(word) && !/\s$/.test(text.textContent) ? ' ' : '';
  text.append(glue + word);
  if (atEnd) log.scrollTop = log.scrollHeight; // follow the words unless the reader has scrolled away
}

function failure(error, again) {
  const box = element('div', 'failure');
  box.setAttribute('role', 'alert');
  const button = element('button', '', 'Try again');
  button.type = 'button';
  button.addEventListener('click', again);
  box.append(element('p', '', error instanceof Failure ? error.message : 'Something went wrong on this page.'), button);
  return box;
}

function retry(item, message) {
  if (answering) return;
  item.remove();
  input.focus();
  converse(message);
}

function setAnswering(controller) {
  answering = controller;
  composer.toggleAttribute('data-answering', controller !== null);
  sendText.textContent = controller ? 'Stop' : 'Send';
}

function announce(text) {
  document.getElementById('announcer').textContent = text;
}

/* ---- Writing ---- */

function submit() {
  const message = input.value.trim();
  if (!message || answering) return;
  input.value = '';
  fitInput();
  addMessage('You', message, true);
  converse(message);
}

function fitInput() {
  input.style.height = 'auto';
  input.style.height = `${input.scrollHeight + 2}px`;
}

composer.addEventListener('submit', event => {
  event.preventDefault();
  if (answering) answering.abort();
  else submit();
});
input.addEventListener('input', fitInput);
input.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && answering) answering.abort();
});
for (const idea of document.querySelectorAll('.ideas button')) {
  idea.addEventListener('click', () => {
    input.value = idea.textContent;
    submit();
    input.focus();
  });
}

/* ---- Who is signed in ---- */

async function loadUser() {
  const response = await fetch('user', { headers: { Accept: 'application/json' } }).catch(() => null);
  if (!response?.ok) return;
  const { signIn, user } = await response.json();
  signsIn = signIn;
  if (user) showUser(user.replace(/^user_/, '').replace(/^./, first => first.toUpperCase()));
  else if (location.search === '?sign-in=failed') showSignedOut('Signing in did not work. Please try again.');
  else if (location.search === '?sign-out=incomplete') {
    showSignedOut('You are signed out here, but your tokens could not be given up.');
  }
  else showSignedOut('Sign in to chat. Your messages then go out with a token of your own.');
  if (location.search) history.replaceState(null, '', location.pathname);
}

function showUser(name) {
  document.getElementById('user-name').textContent = name;
  document.getElementById('avatar').textContent = name.charAt(0);
  document.getElementById('user').hidden = false;
  document.title = `${name} – Everbearer chat`;
}

function showSignedOut(why) {
  if (!signsIn) return;
  document.getElementById('sign-in-text').textContent = why;
  document.getElementById('sign-in').hidden = false;
  document.getElementById('user').hidden = true;
  composer.hidden = true;
  document.getElementById('keys').hidden = true;
  for (const idea of document.querySelectorAll('.ideas button')) idea.disabled = true;
}

document.getElementById('sign-out').addEventListener('click', async () => {
  if (answering) answering.abort();
  try {
    await post('logout', {}, 'application/json');
    location.reload(); // nothing of this user may stay on the screen
  } catch (e) {
    // The session has ended even so.
    if (e.code === 'bad_gateway') location.replace('?sign-out=incomplete');
    else announce(e.message);
  }
});

/* ---- The status line ---- */

const REASONS = {
  NOT_SENT: 'The identity server cannot be reached',
  TRANSIENT: 'The identity server is having trouble',
  AMBIGUOUS: 'The identity server did not answer',
  REJECTED: 'New tokens are needed',
  NEEDS_USER: 'Somebody has to sign in',
  CONFIGURATION: 'The configuration has to be corrected',
  NO_TOKENS: 'Nobody is signed in',
  STORE: 'The token store cannot be reached',
  TIMEOUT: 'Getting a token…',
};

async function checkHealth() {
  try {
    const health = await (await fetch('health', { headers: { Accept: 'application/json' } })).json();
    if (health.status === 'UP') return showHealth('up', health.reason === 'NO_TOKENS' ? 'Ready' : 'Token valid');
    const wait = health.nextTry ? (Date.parse(health.nextTry) - Date.now()) / 1000 : 0;
    const next = wait > 0 ? `; next try in ${Math.ceil(wait)} s` : '';
    showHealth('down', (REASONS[health.reason] || 'No valid token') + next);
  } catch {
    showHealth('down', 'Server not reachable');
  }
}

function showHealth(state, text) {
  document.getElementById('health').dataset.state = state;
  document.getElementById('health-text').textContent = text;
}

async function watchHealth() {
  if (!document.hidden) await checkHealth();
  const up = document.getElementById('health').dataset.state === 'up';
  setTimeout(watchHealth, up ? 10000 : 3000);
}

document.addEventListener('visibilitychange', () => document.hidden || checkHealth());
loadUser();
watchHealth();
if (matchMedia('(hover: hover)').matches) input.focus(); // not on phones, where it would raise the keyboard
