#!/usr/bin/env python3
"""accessibility_test.py FOLDER AXE: axe-core on the pages of results there (made by pages.py).

AXE is axe.min.js. Ends with 77 (skipped) where it, Chromium or its driver is not installed. With
PIDFALL_SCREENSHOTS=FOLDER it also takes a picture of what it checks."""
import os
import sys
import tempfile

from browser import DESKTOP, PHONE, Browser, driver_or_skip, expect, skip
from pages import pages_in

# Its names of what is wrong, and of the elements.
CHECK = """
const done = arguments[arguments.length - 1];
axe.run({resultTypes: ['violations']}).then(
    (found) => done({checked: found.passes.length, violations: found.violations.map(
        (one) => [one.id, one.help, ...one.nodes.slice(0, 3).map(
            (node) => node.html.slice(0, 200))])}),
    (error) => done({checked: 0, violations: [String(error)]}));
"""
STATES = {
    'closed': '',
    'open': '(document.querySelector("details.story summary") || document.body).click()',
    'all': 'document.querySelectorAll("#kinds input:not(:checked)").forEach((box) => box.click());'
           '[...document.querySelectorAll("details.story")].slice(0, 8).forEach('
           '(story) => { story.open = true; })',
}
FEWEST_RULES = 10  # of axe-core's that concern any page of ours


def check(browser, what):
    found = browser.run_async(CHECK)
    expect(found['violations'] == [], f'{what}: ' + '\n'.join(map(str, found['violations'])))
    expect(found['checked'] >= FEWEST_RULES, f'{what}: only {found["checked"]} rules applied')


def check_page(browser, name, page, axe):
    browser.open(page)
    browser.run(axe)
    pictures = os.environ.get('PIDFALL_SCREENSHOTS')
    for state, action in STATES.items():
        browser.run(action)
        for size in (DESKTOP, PHONE):
            for dark in (False, True):
                browser.show(size, dark)
                what = f'{name}-{state}-{size[0]}-{"dark" if dark else "light"}'
                if pictures:
                    browser.picture(os.path.join(pictures, what + '.png'))
                check(browser, what)


def check_the_checker(browser, page, axe):
    browser.open(page)
    browser.run(axe)
    browser.run('document.body.append(document.createElement("button"))')
    found = browser.run_async(CHECK)['violations']
    expect([one[0] for one in found] == ['button-name'], f'a nameless button is found: {found}')


def main():
    driver = driver_or_skip()
    if not os.path.exists(sys.argv[2]):
        skip('no axe-core (./pidfall test --with-browser installs it)')
    with open(sys.argv[2], encoding='utf-8') as file:
        axe = file.read()
    pages = pages_in(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, Browser(driver, folder) as browser:
        for name, page in pages.items():
            check_page(browser, name, page, axe)
        check_the_checker(browser, pages['check-hostile'], axe)
    print(f'passed: {", ".join(pages)}; {", ".join(STATES)}; light and dark, desktop and phone')


if __name__ == '__main__':
    main()
