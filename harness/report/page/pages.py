#!/usr/bin/env python3
"""pages.py PIDFALL FOLDER: a page of each command that has --html, for the tests to look at.

None may be larger than a megabyte, that of a full run included. Ends with 77 (skipped) where no
browser can look at them."""
import os
import shutil
import subprocess
import sys

from browser import driver_or_skip

MOST_BYTES = 1 << 20

# Prints what would end an element, steer a terminal or reorder a line, and has no guard at all.
HOSTILE = r"""
import os, signal, socket
print('</script><script>document.title="taken"</script><img src=x onerror=alert(1)>\x1b[2J\u202e')
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 8767)); s.listen(); signal.pause()
"""
STALE_SERVICE = """[Service]
ExecStart=/bin/pidfall-web --port 9 --name '<img src=x onerror=alert(1)>'
Restart=always
PIDFile={}
"""
UNUSED_PID = 4194303  # the highest that Linux allows


def make_services(folder):
    os.mkdir(folder)
    pid_file = os.path.join(folder, 'web.pid')
    with open(pid_file, 'w', encoding='ascii') as file:
        file.write(str(UNUSED_PID))
    with open(os.path.join(folder, 'web.service'), 'w', encoding='ascii') as file:
        file.write(STALE_SERVICE.format(pid_file))
    with open(os.path.join(folder, 'Procfile'), 'w', encoding='ascii') as file:
        file.write('web: python3 -m http.server $PORT\nworker: nothing-here\n')


def commands(pidfall, folder):
    server = os.path.join(os.path.dirname(pidfall), 'serve-task-manager')
    services = os.path.join(folder, 'services')
    make_services(services)
    faulty = ['--', server, '--guard', 'pidfile']
    return {
        'run': ['run'],
        'check-hostile': ['check', '--scenario', 'duplicate/*', '--scenario', 'kill9/restart', '--',
                  '/usr/bin/python3', '-c', HOSTILE],
        'check': ['check', *faulty],
        'explore-crash': ['explore', 'crash', *faulty],
        'explore-schedules': ['explore', 'schedules', '--bound', '1', *faulty],
        'supervise': ['supervise', '--policy', 'launchd:keepalive', '--', 'false'],
        'incident': ['incident', 'run', 'launchd-exit0-loop'],
        'audit': ['audit', services],
    }


def pages_in(folder):
    """The path of each page, by its name."""
    files = [file for file in sorted(os.listdir(folder)) if file.endswith('.html')]
    return {file[:-len('.html')]: os.path.join(folder, file) for file in files}


def make_page(pidfall, page, words):
    at = words.index('--') if '--' in words else len(words)
    done = subprocess.run([pidfall, *words[:at], '--html', page, *words[at:]], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not os.path.exists(page):
        raise SystemExit(f'{page} was not made: {done.stdout.decode(errors="replace")}')
    size = os.path.getsize(page)
    print(f'{page}: {size} bytes', flush=True)
    if size > MOST_BYTES:
        raise SystemExit('that is too much for a page')


def main():
    driver_or_skip()
    pidfall, folder = sys.argv[1:]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, words in commands(pidfall, folder).items():
        make_page(pidfall, os.path.join(folder, name + '.html'), words)


if __name__ == '__main__':
    main()
