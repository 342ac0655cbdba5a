#!/usr/bin/env python3
"""browser_test.py PIDFALL: the page of results in a real browser, by WebDriver.

Ends with 77 (skipped) where Chromium or its driver is not installed."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

BOUND_S = 60  # of one answer of the browser, also on a busy machine
PHONE, DESKTOP = (390, 840), (1200, 900)

# Prints what would end an element, steer a terminal or reorder a line, and has no guard at all.
HOSTILE = r"""
import os, signal, socket
print('</script><script>document.title="taken"</script><img src=x onerror=alert(1)>\x1b[2J\u202e')
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 8767)); s.listen(); signal.pause()
"""


class Browser:
    """One headless Chromium; `do` is one command of the WebDriver protocol."""

    def __init__(self, driver, dark, folder):
        self.driver = subprocess.Popen([driver, '--port=0'], stdout=subprocess.PIPE, text=True)
        self.base = 'http://127.0.0.1:' + self._port()
        arguments = ['--headless=new', '--no-sandbox', '--disable-gpu',
                     '--disable-dev-shm-usage', '--user-data-dir=' + folder]
        if dark:
            arguments += ['--force-dark-mode', '--blink-settings=preferredColorScheme=0']
        wish = {'browserName': 'chrome', 'goog:chromeOptions': {'args': arguments},
                'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'}}
        answer = self.do('POST', '/session', {'capabilities': {'alwaysMatch': wish}})
        self.base += '/session/' + answer['sessionId']

    def _port(self):
        for line in self.driver.stdout:
            if 'successfully on port ' in line:
                return line.rsplit('on port ', 1)[1].strip(' .\n')
        raise SystemExit('the driver ended before it served')

    def do(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data, method=method)
        request.add_header('Content-Type', 'application/json')
        try:
            with urllib.request.urlopen(request, timeout=BOUND_S) as answer:
                return json.load(answer)['value']
        except urllib.error.HTTPError as error:
            raise SystemExit(f'{method} {path}: {error.read().decode()[:500]}')

    def run(self, script):
        return self.do('POST', '/execute/sync', {'script': script, 'args': []})

    def log(self, kind):
        return self.do('POST', '/se/log', {'type': kind})

    def resize(self, size):
        self.do('POST', '/window/rect', {'width': size[0], 'height': size[1]})

    def close(self):
        self.do('DELETE', '')
        self.driver.terminate()
        self.driver.wait()


def expect(condition, what):
    if not condition:
        raise SystemExit('FAILED: ' + what)


def check_page(browser, address):
    browser.do('POST', '/url', {'url': address})
    expect(browser.run('return document.title').startswith('pidfall check: '), 'the title is ours')
    count = 'return document.querySelectorAll("details.story").length'
    shown = browser.run(count)
    expect(shown > 0, 'findings are listed')
    expect(browser.run('return document.querySelectorAll("script").length') == 2, 'no script came in')
    expect(browser.run('return document.images.length') == 0, 'no image came in')

    calls = json.dumps(['did fresh: AB', 'saw A bind() = 0', 'saw A serves', 'saw ' + ' ' * 44 + 'B serves'])
    columns = browser.run(f'return [...schedule({calls}).querySelectorAll("tr")].map(r => [...r.cells].map(c => c.textContent))')
    expect(columns == [['A', 'B'], ['fresh: AB'], ['bind() = 0', ''], ['serves', ''], ['', 'serves']],
           f'calls stand side by side: {columns}')
    expect(browser.run(f'return schedule({calls}).querySelectorAll(".two").length') == 1, 'two owners are marked')

    browser.run('document.querySelector(".tile:not(.pass):not(.none)").click()')
    expect(browser.run('return document.querySelector("details[open] .lanes") !== null'),
           'a click opens the story')
    browser.run('document.querySelector("details[open] button.copy").click()')
    expect(browser.run('return document.querySelector("details[open] pre").textContent.includes("check --scenario")'),
           'the command is there')

    browser.run('const t = document.getElementById("text"); t.value = "no-such-thing"; t.dispatchEvent(new Event("input"))')
    expect(browser.run(count) == 0, 'the filter hides')
    browser.run('const t = document.getElementById("text"); t.value = ""; t.dispatchEvent(new Event("input"))')
    expect(browser.run(count) == shown, 'and shows again')
    browser.run('document.querySelector("#kinds input[data-kind=pass]").click()')
    expect(browser.run(count) > shown, 'passes can be shown')

    browser.run('const a = document.querySelector(".tile"); a.focus();'
                'a.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}))')
    expect(browser.run('return document.activeElement === document.querySelectorAll(".tile")[1]'),
           'arrows move')
    expect(browser.run('return [...document.querySelectorAll("button, input, select")].every('
                       'e => e.textContent || e.getAttribute("aria-label") || e.closest("label"))'),
           'each control has a name')


def check_width(browser, size):
    browser.resize(size)
    expect(browser.run('return document.documentElement.scrollWidth <= window.innerWidth + 1'),
           f'nothing is wider than the window at {size}')


def check_logs(browser, address):
    errors = [entry for entry in browser.log('browser') if entry['level'] == 'SEVERE']
    expect(not errors, f'no error on the console: {errors}')
    sent = [json.loads(entry['message'])['message'] for entry in browser.log('performance')]
    asked = [m['params'] for m in sent if m['method'] == 'Network.requestWillBeSent']
    urls = [a['request']['url'] for a in asked if a['documentURL'].startswith(address)]  # no new tab
    others = [url for url in urls if not url.startswith((address, 'data:'))]
    expect(not others, f'nothing else is loaded: {others}')


def main():
    driver = shutil.which('chromedriver')
    if not driver or not (shutil.which('chromium') or shutil.which('google-chrome')):
        print('skipped: no Chromium with its driver (./pidfall test --with-browser installs it)')
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, 'page.html')
        subprocess.run([sys.argv[1], 'check', '--html', page, '--scenario', 'duplicate/*', '--scenario',
                        'kill9/restart', '--', '/usr/bin/python3', '-c', HOSTILE],
                       stdout=subprocess.DEVNULL, check=False)
        for dark in (False, True):
            browser = Browser(driver, dark, os.path.join(folder, f'profile-{dark}'))
            try:
                check_page(browser, 'file://' + page)
                check_width(browser, DESKTOP)
                check_width(browser, PHONE)
                check_logs(browser, 'file://' + page)
            finally:
                browser.close()
    print('passed: light and dark, desktop and phone')


if __name__ == '__main__':
    main()
