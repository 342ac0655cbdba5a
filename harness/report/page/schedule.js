// The story of a schedule, which `explore` tells: the calls of the contenders side by side, each in its own column.
// It stands before page.js, whose helpers it uses.
'use strict';

// "saw B bind(...) = 0", indented by the number of the contender.
const CALL = /^saw *([A-Z]) (.+)$/;

function isSchedule(evidence) {
  return evidence.some((line) => /^saw {20,}[A-Z] /.test(line));
}

function schedule(evidence) {
  const calls = evidence.map((line) => CALL.exec(line));
  const names = unique(calls.filter(Boolean).map((call) => call[1])).sort();
  const serving = new Set();
  const isSecondOwner = (call) => Boolean(call) && call[2].startsWith('serves') && serving.add(call[1]).size > 1;
  const cell = (call, name) => call[1] !== name ? make('td', {}) :
      make('td', {class: 'call' + (call[2].startsWith('serves') ? ' serves' : '')}, clean(call[2]));
  const rows = evidence.map((line, at) => make('tr', {class: isSecondOwner(calls[at]) && 'two'}, ...(calls[at] ?
      names.map((name) => cell(calls[at], name)) :
      [make('td', {colspan: names.length, class: 'did'}, clean(line.replace(/^(did|saw) +/, '')))])));
  const head = make('tr', {}, ...names.map((name) => make('th', {scope: 'col'}, name)));
  const table = make('table', {class: 'lanes'},
                     make('caption', {class: 'hint'}, twoOwners(rows)),
                     make('thead', {}, head), make('tbody', {}, ...rows));
  return make('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Calls, side by side'}, table);
}
