#!/usr/bin/env python3
"""browser_test.py FOLDER: the pages of results in it (by pages.py) in a real browser.

Ends with 77 (skipped) where Chromium or its driver is not installed."""
import json
import sys
import tempfile

from browser import DESKTOP, PHONE, Browser, driver_or_skip, expect
from pages import pages_in

COUNT = 'return document.querySelectorAll("details.story").length'
CALLS = ['did fresh: AB', 'saw A bind() = 0', 'saw A serves', 'saw ' + ' ' * 44 + 'B serves']
COLUMNS = [['A', 'B'], ['fresh: AB'], ['bind() = 0', ''], ['serves', ''], ['', 'serves']]


def check_hostile_content(browser):
    expect(browser.run('return document.title').startswith('pidfall check: '), 'the title is ours')
    scripts = browser.run('return document.querySelectorAll("script").length')
    expect(scripts == 2, 'no script came in')
    expect(browser.run('return document.images.length') == 0, 'no image came in')


def check_schedule(browser):
    rows = browser.run(f'return [...schedule({json.dumps(CALLS)}).querySelectorAll("tr")].map('
                       'r => [...r.cells].map(c => c.textContent))')
    expect(rows == COLUMNS, f'calls stand side by side: {rows}')
    two = browser.run(f'return schedule({json.dumps(CALLS)}).querySelectorAll(".two").length')
    expect(two == 1, 'two owners are marked')


def check_story(browser):
    browser.run('document.querySelector(".tile:not(.pass):not(.none)").click()')
    expect(browser.run('return document.querySelector("details[open] .lanes") !== null'),
           'a click opens the story')
    check_copy(browser, 'details[open]')


def check_copy(browser, place):
    command = browser.run(f'return document.querySelector("{place} pre").textContent')
    expect('check --scenario' in command, f'{place} has a command: {command}')
    browser.run('navigator.clipboard.writeText("nothing")')
    browser.click(f'{place} button.copy')
    copied = browser.run_async('const done = arguments[arguments.length - 1];'
                               'navigator.clipboard.readText().then(done, error => done(String(error)))')
    expect(copied == command, f'{place}: what was copied is the command: {copied}')
    button = browser.run(f'return document.querySelector("{place} button.copy").textContent')
    expect(button == 'copied', f'{place}: the button says so: {button}')


def check_first(browser, page):
    browser.open(page)
    first = browser.run('return document.getElementById("first").innerText')
    expect('Harm: ' in first, f'what to do first says whom it harms: {first}')
    check_copy(browser, '#first')


def check_heads(browser, pages):
    def text(name, element):
        browser.open(pages[name])
        return browser.run(f'return document.getElementById("{element}").innerText')
    title = text('incident', 'title')
    expect(title.startswith('pidfall incident: '), f'the title is the incident\'s: {title}')
    source = browser.run('return document.querySelector("#source a").href')
    expect(source == 'https://github.com/openclaw/openclaw/issues/82248', f'its address: {source}')
    target = text('supervise', 'target')
    expect(target.startswith('false · '), f'the head has the command: {target}')
    expect('Harm: The supervisor starts' in browser.run('return document.getElementById("first").innerText'),
           'whom it harms')
    again = browser.run('return document.querySelector("#first pre").textContent')
    expect('supervise --policy launchd:keepalive -- false' in again, f'as it was given: {again}')


def check_simulation(browser):
    lanes = [{'name': name, 'bars': [['serves', *times]], 'ends': [[times[1], 0]]}
             for name, times in {'a': (0, 10), 'b': (4, 12), 'c': (5, 6), 'd': (12, 20)}.items()]
    text = json.dumps({'duration_s': 20, 'lanes': lanes})
    two = browser.run(f'return overlaps({text}.lanes)')
    expect(two == [[4, 10]], f'two owners from 4 s to 10 s: {two}')
    shown = browser.run(f'return simulation({text}).textContent')
    expect('Two owners for 6 s' in shown and 'd: serves 8 s, ended 1 time' in shown, shown)


STORY = {'duration_s': .02, 'lanes': [
    {'name': 'A', 'bars': [['starting', 0, .002], ['serves', .002, .015], ['guard', .003, .015]],
     'ends': [[.015, -9]], 'marks': [[.0148, 'SIGKILL']]},
    {'name': 'B', 'bars': [['serves', .01, .02]], 'ends': []},
    {'name': 'faults', 'bars': [], 'ends': [], 'marks': [[.001, 'write <b>1</b>'], [.009, 'more']]}]}


def check_story_in_time(browser):
    def shown(may):
        return browser.run(f'return simulation({json.dumps(STORY)}, {may}).textContent')
    alarm = shown('false')
    for words in ('Two owners for 5 ms', 'faults: 1 write <b>1</b> (1 ms), 2 more (9 ms)',
                  'A: serves 13 ms, starting 2 ms, holds the guard 12 ms, SIGKILL at 14.8 ms, '
                  'killed by signal 9 at 15 ms'):
        expect(words in alarm, f'{words}: {alarm}')
    expect('Two owners' not in shown('true'), 'two that may serve are no alarm')
    height = browser.run('const one = simulation(' + json.dumps(STORY) + '); document.body.append(one);'
                         'const both = one.querySelector(".rows > .both").getBoundingClientRect();'
                         'one.remove(); return both.height')
    expect(height > 60, f'two owners are marked across all lanes, not on {height}')


def check_times(browser, page):
    browser.open(page)
    browser.run('document.querySelector(".tile.breach").click()')
    lanes = browser.run('return document.querySelectorAll("details[open] .simulation .row").length')
    expect(lanes > 0, 'a breach has lanes in time')
    times = browser.run('return [...document.querySelectorAll("details[open] .lanes td.at")].map('
                        'cell => cell.textContent)')
    expect(times and all(time.endswith('s') for time in times), f'each step has its time: {times}')


def check_paper(browser):
    browser.run('window.dispatchEvent(new Event("beforeprint"))')
    empty = browser.run('return [...document.querySelectorAll("details.story .body")].filter('
                        'body => body.childElementCount === 0).length')
    expect(empty == 0, f'each story is told on paper, not {empty} of them')


def search(browser, text):
    browser.run(f'const t = document.getElementById("text"); t.value = {json.dumps(text)};'
                't.dispatchEvent(new Event("input"))')


def check_filters(browser):
    shown = browser.run(COUNT)
    expect(shown > 0, 'findings are listed')
    search(browser, 'no-such-thing')
    expect(browser.run(COUNT) == 0, 'the filter hides')
    search(browser, '')
    expect(browser.run(COUNT) == shown, 'and shows again')
    browser.run('document.querySelector("#kinds input[data-kind=pass]").click()')
    expect(browser.run(COUNT) > shown, 'passes can be shown')


def check_keyboard(browser):
    browser.run('const a = document.querySelector(".tile"); a.focus();'
                'a.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}))')
    expect(browser.run('return document.activeElement === document.querySelectorAll(".tile")[1]'),
           'arrows move')


def check_widths(browser, name):
    for size in (DESKTOP, PHONE):
        for dark in (False, True):
            browser.show(size, dark)
            width = browser.run('return document.documentElement.scrollWidth')
            expect(width <= size[0], f'{name}: nothing is wider than {size[0]}, not {width}')


def check_logs(browser, address):
    errors = [entry for entry in browser.log('browser') if entry['level'] == 'SEVERE']
    expect(not errors, f'no error on the console: {errors}')
    sent = [json.loads(entry['message'])['message'] for entry in browser.log('performance')]
    asked = [m['params'] for m in sent if m['method'] == 'Network.requestWillBeSent']
    ours = [a for a in asked if a['documentURL'].startswith(address)]  # not of a new tab
    urls = [a['request']['url'] for a in ours]
    others = [url for url in urls if not url.startswith((address, 'data:'))]
    expect(not others, f'nothing else is loaded: {others}')


def check_page(browser, name, page):
    browser.open(page)
    expect(browser.run('return document.getElementById("verdict").textContent') != '',
           f'{name}: the verdict is there')
    browser.run('const d = document.querySelector("details.story"); if (d) d.open = true')
    check_widths(browser, name)
    expect(browser.printed().startswith(b'%PDF-'), f'{name}: it can be printed')
    check_logs(browser, 'file://' + page)


def main():
    driver = driver_or_skip()
    pages = pages_in(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, Browser(driver, folder) as browser:
        for name, page in pages.items():
            check_page(browser, name, page)
        check_heads(browser, pages)
        browser.allow_clipboard()
        check_first(browser, pages['check'])
        check_times(browser, pages['check'])
        browser.open(pages['check-hostile'])
        for check in (check_hostile_content, check_schedule, check_simulation, check_story_in_time,
                      check_paper, check_story, check_filters, check_keyboard):
            check(browser)
        check_logs(browser, 'file://' + pages['check-hostile'])
    print(f'passed: {", ".join(pages)}; light and dark, desktop and phone, on paper')


if __name__ == '__main__':
    main()
