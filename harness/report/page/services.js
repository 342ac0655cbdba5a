// The findings of `audit`: a row for each service, and the files that could not be read. The page has this script
// before page.js, whose helpers it uses.
'use strict';

function fate({starts, gave_up_s: gaveUp}) {
  if (starts <= 1) return 'is not started again';
  return 'is started ' + starts + ' times' + (gaveUp === null ? '' : ', then no more');
}

function serviceRow(service) {
  const or = (list) => list.join(', ') || '–';
  return make('tr', {}, make('th', {scope: 'row'}, clean(service.service)),
              make('td', {}, or(service.pids)), make('td', {}, or(service.ports)),
              make('td', {}, clean(service.pid_file || '–')),
              make('td', {}, fate(service.duplicate['exit 0'])),
              make('td', {}, fate(service.duplicate['exit 1'])));
}

function showServices() {
  if (!data.services) return;
  const names = ['service', 'runs as', 'port', 'pid file', 'a duplicate that ends with 0', '… with 1'];
  const table = make('table', {class: 'services'},
                     make('thead', {}, make('tr', {}, ...names.map((name) => make('th', {scope: 'col'}, name)))),
                     make('tbody', {}, ...data.services.map(serviceRow)));
  const place = document.getElementById('services-text');
  if (data.services.length > 0) {
    place.append(make('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Table of services'}, table));
  }
  for (const line of data.unread || []) place.append(make('p', {}, 'not read: ' + clean(line)));
  document.getElementById('services').hidden = place.childElementCount === 0;
}
