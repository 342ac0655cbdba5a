// The timeline of a simulation or a story: a lane for each process and each supervised job, with bars for its states
// and marks for its signals and its ends. The page has this script before page.js, whose helpers it uses.
'use strict';

const PHASES = [['serves', 'serves'], ['waits', 'waits'], ['starting', 'starting'],
                ['throttled', 'throttled by its supervisor'], ['guard', 'holds the guard'],
                ['apart', 'serves on its own port'], ['idle', 'lives, serves no more'],
                ['stranger', 'another program']];

function seconds(value) {
  if (value >= 3600) return +(value / 3600).toFixed(1) + ' h';
  if (value >= 120) return +(value / 60).toFixed(1) + ' min';
  if (value >= 1 || value === 0) return +value.toFixed(1) + ' s';
  return +(value * 1000).toFixed(1) + ' ms';
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

function endWords({ends}) {
  if (ends.length === 0) return [];
  return [ends.length === 1 && ends[0][0] < 1 ? endName(ends[0][1]) + ' at ' + seconds(ends[0][0]) :
      'ended ' + plural(ends.length, 'time', 'times')];
}

// The marks of the faults have numbers, because their words are long.
const isOfFaults = (lane) => lane.bars.length === 0 && Boolean(lane.marks);

function laneWords(lane, whole) {
  const marks = lane.marks || [];
  if (isOfFaults(lane)) {
    return lane.name + ': ' + marks.map(([at, what], index) => index + 1 + ' ' + clean(what).slice(0, 200) +
        ' (' + seconds(at) + ')').join(', ');
  }
  const phases = PHASES.filter(([phase]) => lane.bars.some((one) => one[0] === phase));
  const totals = phases.map(([phase, word]) => [word, lane.bars.filter((one) => one[0] === phase).reduce(
      (sum, [, from, to]) => sum + to - from, 0)]).filter(([, total]) => total >= Math.min(0.05, whole / 1000)).map(
      ([word, total]) => word + ' ' + seconds(total));
  const signals = marks.map(([at, what]) => clean(what) + ' at ' + seconds(at));
  return clean(lane.name) + ': ' + ([...totals, ...signals, ...endWords(lane)].join(', ') || 'never served');
}

function markOf(lane, [at, what], index, whole) {
  const element = bar('event', at, at, whole, clean(what) + ' at ' + seconds(at));
  element.append(isOfFaults(lane) ? make('span', {}, index + 1) : make('span', {class: 'words'}, clean(what)));
  if (at > whole * 0.8) element.classList.add('late');
  return element;
}

function laneRow(lane, whole) {
  const track = make('div', {class: 'track', 'aria-hidden': 'true'},
                     ...lane.bars.map(([phase, from, to]) => bar('bar ' + phase, from, to, whole,
                         phase + ', ' + seconds(from) + ' to ' + seconds(to))),
                     ...lane.ends.map(([at, status]) => bar(endStyle(status), at, at, whole,
                         endName(status) + ' at ' + seconds(at))),
                     ...(lane.marks || []).map((mark, index) => markOf(lane, mark, index, whole)));
  return make('div', {class: 'row'}, make('div', {class: 'row-name'}, laneWords(lane, whole)), track);
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
    ...(lanes.some((lane) => lane.marks) ? [key('event', 'a signal or a fault')] : []),
    ...(two ? [key('both', 'two owners')] : []),
  ];
}

// `may`: two copies may serve here, as in a story that passes.
function simulation({duration_s: duration, lanes}, may) {
  const whole = duration > 0 ? duration : 1;
  const two = may ? [] : overlaps(lanes);
  const total = two.reduce((sum, [from, to]) => sum + to - from, 0);
  const rows = make('div', {class: 'rows'}, ...lanes.map((lane) => laneRow(lane, whole)),
                    ...two.map(([from, to]) => bar('both', from, to, whole, 'two owners')));
  const axis = make('div', {class: 'axis', 'aria-hidden': 'true'}, make('span', {}, '0 s'),
                    make('span', {}, seconds(whole / 2)), make('span', {}, seconds(whole)));
  const caption = make('figcaption', {}, ...keys(lanes, two.length > 0));
  if (two.length > 0) caption.prepend(make('strong', {class: 'breach'}, 'Two owners for ' + seconds(total) + '. '));
  return make('figure', {class: 'simulation'}, rows, axis, caption);
}
