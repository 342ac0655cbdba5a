// Shows the results in the element "data". Every text of theirs goes in as text, never as markup:
// a target may print whatever it likes.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const KINDS = [
  {name: 'breach', mark: '✕', style: 'breach', shown: true},
  {name: 'weakness', mark: '!', style: 'weakness', shown: true},
  {name: 'broken', mark: '?', style: 'skip-kind', shown: true},
  {name: 'known', mark: 'k', style: 'weakness', shown: true},
  {name: 'skip', mark: '»', style: 'skip-kind', shown: false},
  {name: 'pass', mark: '✓', style: 'pass', shown: false},
  {name: 'n/a', mark: '–', style: 'none', shown: false},
];
const WORDS = {
  broken: 'could not be judged', known: 'known: accepted by the baseline',
  skip: 'skipped: this machine cannot run it', 'n/a': 'does not concern this server',
};
const NO_GUARD = 'Nothing keeps a second copy out. The shortest way to a guard, in any language:\n' +
    'pidfall-guard --pid-file FILE -- COMMAND';
const LONGEST_TEXT = 4000;

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children) element.append(child);
  return element;
}

// Control characters, and those that reorder a line, by their number.
function clean(text) {
  const shown = String(text).replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g,
      (c) => '\\x' + c.charCodeAt(0).toString(16).padStart(2, '0'));
  if (shown.length <= LONGEST_TEXT) return shown;
  return shown.slice(0, LONGEST_TEXT) + ' … (' + (shown.length - LONGEST_TEXT) + ' more characters)';
}

function kindOf(result) {
  const name = result.verdict === 'fail' ? result.severity : result.verdict;
  return KINDS.find((kind) => kind.name === name) || KINDS[2];
}

// A service that was only audited is a row; the scenarios of one that was checked have a column.
const columnOf = (result) => result.guard || result.variant ||
    (result.server !== result.family && result.server) || '';
const failed = (result) => result.verdict === 'fail' || result.verdict === 'known';
const noteOf = (result) => data.page.scenarios[result.scenario] || {};
const results = data.results.map((result, index) => ({...result, index, kind: kindOf(result)}));
const unique = (values) => [...new Set(values)];

// --- the head

function plural(count, one, many) { return count + ' ' + (count === 1 ? one : many); }

function showHead() {
  const count = (name) => results.filter((result) => result.kind.name === name).length;
  const surprises = results.filter((result) => result.surprise).length;
  const parts = [plural(count('breach'), 'breach', 'breaches'),
                 plural(count('weakness'), 'weakness', 'weaknesses'), count('pass') + ' pass'];
  if (results.some((result) => result.expected)) parts.unshift(plural(surprises, 'surprise', 'surprises'));
  for (const name of ['known', 'broken', 'skip', 'n/a']) {
    if (count(name) > 0) parts.push(count(name) + ' ' + name);
  }
  const name = 'pidfall ' + data.command;
  const incident = data.incident || {};
  document.title = name + ': ' + clean(incident.title || parts[0]);
  document.getElementById('title').textContent = name + (incident.title ? ': ' + clean(incident.title) : '');
  showSource(incident.address);
  document.getElementById('verdict').textContent = parts.join(', ');
  const target = data.target ? clean(data.target.command.join(' ')) + ' · ' : '';
  document.getElementById('target').textContent =
      target + 'sandbox: ' + data.sandbox + ' · version ' + data.pidfall;
}

// "owner/repo#7" is an issue of GitHub. What is no address, "the report of last May", is no link.
function showSource(address) {
  if (!address) return;
  const [, repository, number] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(address) || [];
  const url = number ? 'https://github.com/' + repository + '/issues/' + number : address;
  const isLink = /^https?:\/\//.test(url);
  const place = document.getElementById('source');
  place.append(isLink ? make('a', {href: url, rel: 'noreferrer'}, clean(address)) : clean(address));
  place.hidden = false;
}

function showFirst() {
  const cause = data.page.causes[0];
  if (!cause) return;
  const result = results[cause.nearest];
  const others = cause.others.length;
  const place = document.getElementById('first-text');
  place.append(make('p', {}, clean(result.summary)));
  if (noteOf(result).harm) place.append(make('p', {class: 'harm'}, 'Harm: ' + clean(noteOf(result).harm)));
  const advice = result.evidence.find((line) => line.startsWith('do '));
  const cure = cause.no_guard ? NO_GUARD : noteOf(result).cure || (advice && advice.slice(3));
  if (cure) place.append(make('p', {class: 'cure'}, clean(cure)));
  const link = make('a', {href: '#story-' + cause.nearest}, 'See what happened');
  link.addEventListener('click', (event) => { event.preventDefault(); open(cause.nearest); });
  if (result.reproduce) place.append(make('p', {}, 'See it again:'), again(result.reproduce));
  place.append(make('p', {}, link, others > 0 ? ' (and ' + others + ' more follow from it)' : ''));
  document.getElementById('first').hidden = false;
}

// --- the matrix

const tiles = new Map();

function label(result) {
  const column = columnOf(result);
  const clause = result.clauses && result.clauses.length > 0 ? ' ' + result.clauses[0] : '';
  return result.scenario + (column ? ', ' + column : '') + ': ' + result.kind.name +
      (failed(result) ? clause : '') + (result.surprise ? ', a surprise' : '');
}

function tileOf(result) {
  const tile = make('button', {
    type: 'button', class: 'tile ' + result.kind.style, tabindex: '-1', title: label(result),
    'aria-label': label(result)}, result.kind.mark);
  tile.addEventListener('click', () => open(result.index));
  tiles.set(result.index, tile);
  return tile;
}

function cellOf(family, column) {
  const here = results.filter((r) => r.family === family && columnOf(r) === column);
  const judged = here.filter((r) => ['pass', 'fail', 'known'].includes(r.verdict));
  const failed = judged.filter((r) => r.verdict !== 'pass');
  const sum = judged.length === 0 ? 'not judged' : failed.length + ' of ' + judged.length + ' broken';
  return make('td', {}, make('div', {class: 'tiles'}, ...here.map(tileOf)),
              make('div', {class: 'sum'}, sum));
}

function showMatrix() {
  const families = unique(results.map((r) => r.family));
  const columns = unique(results.map(columnOf));
  const head = make('tr', {}, make('th', {scope: 'col'}, 'family'),
                    ...columns.map((c) => make('th', {scope: 'col'}, clean(c || 'verdicts'))));
  const rows = families.map((family) => make(
      'tr', {}, make('th', {scope: 'row'}, clean(family)), ...columns.map((c) => cellOf(family, c))));
  document.getElementById('matrix').append(make('thead', {}, head), make('tbody', {}, ...rows));
  const shown = KINDS.filter((kind) => results.some((r) => r.kind === kind));
  document.getElementById('legend').append(...shown.map((kind) => make(
      'span', {}, make('span', {class: 'mark ' + kind.style, 'aria-hidden': 'true'}, kind.mark),
      kind.name)));
}

// One stop of the tab key for the whole matrix; from there the arrows.
function moveByArrows() {
  const matrix = document.getElementById('matrix');
  const all = [...matrix.querySelectorAll('.tile')];
  if (all.length > 0) all[0].tabIndex = 0;
  matrix.addEventListener('keydown', (event) => {
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? null : neighbour(all, at, event.key);
    if (!next) return;
    event.preventDefault();
    document.activeElement.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

function neighbour(all, at, key) {
  if (key === 'ArrowRight') return all[at + 1];
  if (key === 'ArrowLeft') return all[at - 1];
  if (key === 'Home') return all[0];
  if (key === 'End') return all[all.length - 1];
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  const own = all[at].getBoundingClientRect();
  const down = key === 'ArrowDown';
  const far = (tile) => {
    const box = tile.getBoundingClientRect();
    const rows = down ? box.top - own.top : own.top - box.top;
    return rows < 1 ? Infinity : rows * 1000 + Math.abs(box.left - own.left);
  };
  const nearest = all.reduce((best, tile) => far(tile) < far(best) ? tile : best, all[at]);
  return nearest === all[at] ? null : nearest;
}

// --- a story

// A lane for each start, in the order of their names: A, B, ... Z, A1.
function lanesOf(evidence) {
  const names = evidence.map((line) => /^did start ([A-Z]\d*) \(pid/.exec(line)).filter(Boolean);
  return unique(names.map((match) => match[1]));
}

const ENDS = / (ended|was killed|has ended|is gone)\b/;

// The new state of a start after a line of evidence; null where the line says nothing of that start.
function stateAfter(line, name) {
  const of = (pattern) => new RegExp('^' + pattern.replace('NAME', name + '(?![A-Za-z0-9])')).test(line);
  if (of('did start NAME')) return 'starts';
  if (of('did send SIGKILL to NAME')) return 'ended';
  if (of('saw NAME') && ENDS.test(line)) return 'ended';
  if (of('saw NAME serves')) return 'serves';
  if (of('saw NAME (waits|stands by|stand by)')) return 'waits';
  return null;
}

function laneCell(state, isNew) {
  const word = {starts: 'starting', serves: 'serves', waits: 'waits', ended: 'ended'}[state] || '';
  const shown = isNew || state === 'serves' ? word : '';
  return make('td', {class: 'lane ' + (state || '')}, shown);
}

// `times`: the seconds at which each line was written, where they are known.
function timeline(evidence, times) {
  const lanes = lanesOf(evidence);
  const states = new Map();
  const rows = evidence.map((line, at) => {
    const [, kind, rest] = /^(did|saw|kept|do) ([^]*)$/.exec(line) || [null, '', line];
    const fresh = new Map(lanes.map((name) => [name, stateAfter(line, name)]));
    fresh.forEach((state, name) => { if (state) states.set(name, state); });
    const two = lanes.filter((name) => states.get(name) === 'serves').length > 1;
    return make('tr', {class: two ? 'two' : undefined},
                ...(times ? [make('td', {class: 'by at'}, at in times ? seconds(times[at]) : '')] : []),
                make('td', {class: 'by'}, kind),
                make('td', {class: 'step ' + kind}, clean(rest)),
                ...lanes.map((name) => laneCell(states.get(name), Boolean(fresh.get(name)))));
  });
  const head = make('tr', {}, ...(times ? [make('th', {scope: 'col', class: 'by'}, 'at')] : []),
                    make('th', {scope: 'col', class: 'by'}, 'step'), make('th', {scope: 'col'}, 'what'),
                    ...lanes.map((name) => make('th', {scope: 'col', class: 'lane'}, name)));
  const table = make('table', {class: 'lanes'}, make('caption', {class: 'hint'}, twoOwners(rows)),
                     make('thead', {}, head), make('tbody', {}, ...rows));
  return make('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Story, step by step'}, table);
}

function twoOwners(rows) {
  return rows.some((row) => row.className === 'two')
      ? 'Red: more than one copy serves at the same time.' : 'What was done, and what was seen.';
}

async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {  // not granted to a page from a file: the old way
    const area = make('textarea', {});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.textContent = 'copied';
  setTimeout(() => { button.textContent = before; }, 1500);
}

function again(command) {
  const button = make('button', {type: 'button', class: 'copy'}, 'copy');
  button.addEventListener('click', () => copy(command, button));
  return make('div', {}, make('pre', {}, clean(command)), button);
}

function facts(result) {
  const note = noteOf(result);
  const rows = [
    ['story', note.story], [WORDS[result.kind.name] ? 'why' : '', WORDS[result.kind.name]],
    ['expected', result.expected], [failed(result) ? 'harm' : '', note.harm], [failed(result) ? 'cure' : '', note.cure],
    ['clauses', (result.clauses || []).join(' ')],
  ].filter(([name, text]) => name && text);
  return make('dl', {}, ...rows.flatMap(([name, text]) => [make('dt', {}, name), make('dd', {}, clean(text))]));
}

function fill(result, body) {
  if (body.childElementCount > 0) return;
  body.append(facts(result));
  if (result.simulation && result.simulation.lanes.length > 0) body.append(simulation(result.simulation));
  const times = result.timeline || {};
  if (times.lanes) body.append(simulation(times, !failed(result)));
  const evidence = result.evidence || [];
  if (evidence.length > 0) {
    body.append(isSchedule(evidence) ? schedule(evidence) : timeline(evidence, times.evidence_at_s));
  }
  if (result.reproduce) body.append(make('p', {}, 'See it again:'), again(result.reproduce));
}

function storyOf(result) {
  const body = make('div', {class: 'body'});
  const column = columnOf(result);
  const summary = make(
      'summary', {}, make('span', {class: 'mark ' + result.kind.style}, result.kind.name),
      ' ' + (result.verdict === 'fail' && result.clauses[0] ? result.clauses[0] + ' ' : ''),
      make('span', {class: 'id'}, result.scenario), column ? ' · ' + clean(column) : '',
      result.summary ? ' · ' + clean(result.summary).slice(0, 300) : '');
  const story = make('details', {class: 'story', id: 'story-' + result.index}, summary, body);
  story.addEventListener('toggle', () => { if (story.open) fill(result, body); });
  return story;
}

// --- the filters

const filter = {kinds: new Set(KINDS.filter((kind) => kind.shown).map((kind) => kind.name))};

function isSearched(result) {
  const clause = document.getElementById('clause').value;
  const column = document.getElementById('column').value;
  const text = document.getElementById('text').value.toLowerCase();
  return (!clause || result.clauses.includes(clause)) &&
      (!column || columnOf(result) === column) &&
      (!text || (result.scenario + ' ' + result.summary).toLowerCase().includes(text));
}

function showList() {
  const chosen = results.filter((result) => filter.kinds.has(result.kind.name) && isSearched(result));
  const rank = (result) => KINDS.indexOf(result.kind);
  chosen.sort((a, b) => (b.surprise || false) - (a.surprise || false) || rank(a) - rank(b));
  document.getElementById('list').replaceChildren(...chosen.map(storyOf));
  document.getElementById('count').textContent = chosen.length + ' of ' + results.length;
  tiles.forEach((tile, index) => tile.classList.toggle('out', !isSearched(results[index])));
}

function kindBox(kind) {
  const box = make('input', {type: 'checkbox', checked: filter.kinds.has(kind.name)});
  box.dataset.kind = kind.name;
  box.addEventListener('change', () => {
    if (box.checked) filter.kinds.add(kind.name); else filter.kinds.delete(kind.name);
    showList();
  });
  return make('label', {}, box, ' ' + kind.name);
}

function options(id, values) {
  document.getElementById(id).append(...values.map((value) => make('option', {value}, clean(value))));
}

function showFilters() {
  const clauses = unique(results.flatMap((result) => result.clauses || []));
  options('clause', clauses.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
  const columns = unique(results.map(columnOf)).filter(Boolean);
  options('column', columns);
  document.getElementById('column-label').hidden = columns.length === 0;
  const there = KINDS.filter((kind) => results.some((result) => result.kind === kind));
  if (!there.some((kind) => filter.kinds.has(kind.name))) there.forEach((kind) => filter.kinds.add(kind.name));
  document.getElementById('kinds').append(...there.map(kindBox));
  for (const id of ['clause', 'column']) document.getElementById(id).addEventListener('change', showList);
  document.getElementById('text').addEventListener('input', showList);
  document.getElementById('filters').addEventListener('submit', (event) => event.preventDefault());
}

// A story that the filters hide is shown after all.
function open(index) {
  const kind = results[index].kind.name;
  if (!document.getElementById('story-' + index)) {
    for (const id of ['clause', 'column', 'text']) document.getElementById(id).value = '';
    filter.kinds.add(kind);
    document.querySelectorAll('#kinds input').forEach((box) => {
      if (box.dataset.kind === kind) box.checked = true;
    });
    showList();
  }
  const story = document.getElementById('story-' + index);
  story.open = true;
  story.scrollIntoView({block: 'start'});
  story.querySelector('summary').focus({preventScroll: true});
}

function openAddressed() {
  const match = /^#story-(\d+)$/.exec(location.hash);
  if (match && results[Number(match[1])]) open(Number(match[1]));
}

// On paper each listed story is open. The event of its opening would come too late to fill it.
window.addEventListener('beforeprint', () => {
  document.querySelectorAll('details.story').forEach((story) => {
    story.open = true;
    fill(results[Number(story.id.slice('story-'.length))], story.querySelector('.body'));
  });
});

showHead();
showFirst();
showServices();
showMatrix();
moveByArrows();
showFilters();
showList();
openAddressed();
