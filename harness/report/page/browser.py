"""A headless Chromium, driven by the WebDriver protocol, for the tests of the page of results."""
import base64
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

BOUND_S = 240  # of one answer of the browser, also on a busy machine
SKIPPED = 77
PHONE, DESKTOP = (390, 840), (1200, 900)


def expect(condition, what):
    if not condition:
        raise SystemExit('FAILED: ' + what)


def skip(reason):
    print('skipped: ' + reason)
    sys.exit(SKIPPED)


def driver_or_skip():
    driver = shutil.which('chromedriver')
    if not driver or not (shutil.which('chromium') or shutil.which('google-chrome')):
        skip('no Chromium with its driver (./pidfall test --with-browser installs it)')
    return driver


class Browser:
    """`do` is one command of the protocol, `devtools` one of Chromium's own."""

    def __init__(self, driver, folder):
        self.driver = subprocess.Popen([driver, '--port=0'], stdout=subprocess.PIPE, text=True)
        self.base = 'http://127.0.0.1:' + self._port()
        arguments = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                     '--user-data-dir=' + os.path.join(folder, 'profile')]
        wish = {'browserName': 'chrome', 'goog:chromeOptions': {'args': arguments},
                'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'}}
        answer = self.do('POST', '/session', {'capabilities': {'alwaysMatch': wish}})
        self.base += '/session/' + answer['sessionId']

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.do('DELETE', '')
        finally:
            self.driver.terminate()
            self.driver.wait()

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

    def devtools(self, command, **parameters):
        return self.do('POST', '/goog/cdp/execute', {'cmd': command, 'params': parameters})

    def open(self, page):
        self.do('POST', '/url', {'url': 'file://' + page})

    def click(self, selector):
        """As a user does: a page may write to the clipboard only then."""
        found = self.do('POST', '/element', {'using': 'css selector', 'value': selector})
        self.do('POST', f'/element/{next(iter(found.values()))}/click', {})

    def allow_clipboard(self):
        for name in ('clipboard-read', 'clipboard-write'):
            self.do('POST', '/permissions', {'descriptor': {'name': name}, 'state': 'granted'})

    def run(self, script):
        return self.do('POST', '/execute/sync', {'script': script, 'args': []})

    def run_async(self, script):
        """The script's last argument is called with the answer."""
        return self.do('POST', '/execute/async', {'script': script, 'args': []})

    def show(self, size, dark):
        # A window cannot be as narrow as a phone, and has the colours of the machine.
        self.devtools('Emulation.setDeviceMetricsOverride', width=size[0], height=size[1],
                      deviceScaleFactor=1, mobile=size == PHONE)
        scheme = 'dark' if dark else 'light'
        self.devtools('Emulation.setEmulatedMedia',
                      features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        expect(self.run(f'return matchMedia("(prefers-color-scheme: {scheme})").matches'),
               f'the page is {scheme}')

    def picture(self, path, whole=True):
        size = self.devtools('Page.getLayoutMetrics')['cssContentSize']
        clip = {'x': 0, 'y': 0, 'width': size['width'], 'height': size['height'], 'scale': 1}
        shot = self.devtools('Page.captureScreenshot', captureBeyondViewport=whole,
                             **({'clip': clip} if whole else {}))
        with open(path, 'wb') as file:
            file.write(base64.b64decode(shot['data']))

    def printed(self):
        # WebDriver's own command gives up after 10 s, which are few for a long page on a busy machine.
        return base64.b64decode(self.devtools('Page.printToPDF')['data'])

    def log(self, kind):
        return self.do('POST', '/se/log', {'type': kind})
