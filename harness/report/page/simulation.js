// What a simulation saw over time: a lane for each process and each supervised job, with bars for what
// it was doing and marks where it ended. It stands before page.js, whose helpers it uses.
'use strict';

const PHASES = [['serves', 'serves'], ['waits', 'waits'], ['starting', 'starting'],
                ['throttled', 'throttled by its supervisor']];

function seconds(value) {
  if (value >= 3600) return +(value / 3600).toFixed(1) + ' h';
  return value >= 120 ? +(value / 60).toFixed(1) + ' min' : +value.toFixed(1) + ' s';
}

function bar(style, from, to, whole, title) {
  const element = make('span', {class: style, title});
  element.style.left = 100 * from / whole + '%';
  element.style.width = 'max(2px, ' + 100 * (to - from) / whole + '%)';
  return element;
}

function endName(status) { return status < 0 ? 'killed by signal ' + -status : 'ended with status ' + status; }

function endStyle(status) { return status === 0 ? 'end polite' : status < 0 ? 'end killed' : 'end failed'; }

// The times at which more than one lane serves. At one instant an end comes before a beginning.
function overlaps(lanes) {
  const serving = lanes.flatMap((lane) => lane.bars.filter(([phase]) => phase === 'serves'));
  const edges = serving.flatMap(([, from, to]) => [[from, 1], [to, -1]]);
  edges.sort(([a, up], [b, down]) => a - b || up - down);
  const found = [];
  let owners = 0;
  for (const [at, step] of edges) {
    if (step === 1 && owners === 1) found.push([at, at]);
    if (step === -1 && owners === 2) found[found.length - 1][1] = at;
    owners += step;
  }
  return found.filter(([from, to]) => from < to);
}

function laneWords(lane) {
  const phases = PHASES.filter(([phase]) => lane.bars.some((one) => one[0] === phase));
  const totals = phases.map(([phase, word]) => [word, lane.bars.filter((one) => one[0] === phase).reduce(
      (sum, [, from, to]) => sum + to - from, 0)]).filter(([, total]) => total >= 0.05).map(
      ([word, total]) => word + ' ' + seconds(total));
  const ends = lane.ends.length > 0 ? ['ended ' + plural(lane.ends.length, 'time', 'times')] : [];
  return clean(lane.name) + ': ' + ([...totals, ...ends].join(', ') || 'never served');
}

function laneRow(lane, whole) {
  const track = make('div', {class: 'track', 'aria-hidden': 'true'},
                     ...lane.bars.map(([phase, from, to]) => bar('bar ' + phase, from, to, whole,
                         phase + ', ' + seconds(from) + ' to ' + seconds(to))),
                     ...lane.ends.map(([at, status]) => bar(endStyle(status), at, at, whole,
                         endName(status) + ' at ' + seconds(at))));
  return make('div', {class: 'row'}, make('div', {class: 'row-name'}, laneWords(lane)), track);
}

function key(style, words) {
  return make('span', {class: 'key'}, make('span', {class: 'swatch ' + style, 'aria-hidden': 'true'}), words);
}

function keys(lanes, two) {
  const used = (phase) => lanes.some((lane) => lane.bars.some((one) => one[0] === phase));
  const ended = (test) => lanes.some((lane) => lane.ends.some(([, status]) => test(status)));
  return [
    ...PHASES.filter(([phase]) => used(phase)).map(([phase, words]) => key('bar ' + phase, words)),
    ...(ended((status) => status === 0) ? [key('end polite', 'ended with status 0')] : []),
    ...(ended((status) => status > 0) ? [key('end failed', 'ended with another status')] : []),
    ...(ended((status) => status < 0) ? [key('end killed', 'killed')] : []),
    ...(two ? [key('both', 'two owners')] : []),
  ];
}

function simulation({duration_s: duration, lanes}) {
  const whole = Math.max(duration, 1);
  const two = overlaps(lanes);
  const total = two.reduce((sum, [from, to]) => sum + to - from, 0);
  const rows = make('div', {class: 'rows'}, ...lanes.map((lane) => laneRow(lane, whole)),
                    ...two.map(([from, to]) => bar('both', from, to, whole, 'two owners')));
  const axis = make('div', {class: 'axis', 'aria-hidden': 'true'}, make('span', {}, '0 s'),
                    make('span', {}, seconds(whole / 2)), make('span', {}, seconds(whole)));
  const caption = make('figcaption', {}, ...keys(lanes, two.length > 0));
  if (two.length > 0) caption.prepend(make('strong', {class: 'breach'}, 'Two owners for ' + seconds(total) + '. '));
  return make('figure', {class: 'simulation'}, rows, axis, caption);
}
