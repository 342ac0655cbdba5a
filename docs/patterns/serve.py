#!/usr/bin/env python3
"""A small server that keeps the safeguard contract: one instance, kept by a lock of the kernel.

    serve.py --port 8767 --pid-file ~/.serve.pid [--host 127.0.0.1]
             [--on-duplicate exit|wait] [--duplicate-exit 0]

Status 0: ended by SIGTERM or SIGINT. The duplicate's, 0 unless set: another copy serves.
2: bad usage. 69: the port is taken. 74: the files can't be used. Python 3.7 or later; Linux, macOS.
"""

import os
import signal

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
for stop_signal in STOP_SIGNALS:  # nothing has to be undone until the pid file is published
    signal.signal(stop_signal, lambda *_: os._exit(0))

import argparse
import errno
import fcntl
import glob
import socket
import socketserver
import stat
import sys
import threading
import time

PORT_TAKEN, TROUBLE = 69, 74
NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
PORT_PATIENCE = 0.5  # s; the port of an owner that was killed closes a moment after its lock


def say(text):
    """Only the status counts: a message that can't be written must not change it."""
    try:
        os.write(1, os.fsencode("serve: " + text + "\n"))
    except OSError:
        pass


def fail(status, text):
    say(text)
    sys.exit(status)


# --- lock file: it alone decides. Made once, never removed, never renamed.


def open_lock(path):
    """O_NOFOLLOW and O_NONBLOCK: a symlink or a FIFO at the path is refused, not waited on."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    status = os.fstat(fd)  # descriptors are close-on-exec in Python: no child keeps the lock
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise OSError(errno.EINVAL, "not a plain file of its own; left as it is", path)
    return fd


def owner(path):
    """For the message only: a pid in a file makes no owner; check it before you kill it."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(fd, "rb") as file:
            pid = int(file.read(16))
        return f"(PID {pid}); look at it before you end it: ps -o pid,lstart,args -p {pid}"
    except (OSError, ValueError):
        return f"(PID not known); to see it: fuser -v {path}.lock"


def take_lock(options):
    path = options.pid_file + ".lock"
    while True:
        fd = open_lock(path)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if options.on_duplicate == "exit":
                fail(options.duplicate_exit, "already running " + owner(options.pid_file))
            say("standing by: already running " + owner(options.pid_file))
            fcntl.flock(fd, fcntl.LOCK_EX)
        if os.path.lexists(path) and os.path.samestat(os.fstat(fd), os.lstat(path)):
            return
        os.close(fd)  # somebody removed the file: what we hold keeps nobody out


# --- pid file: for people and tools. Published whole, by rename; removed only while it is ours.


def publish(path):
    if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        raise OSError(errno.EEXIST, "something else is in the pid file's place", path)
    temporary = path + ".new"
    if os.path.lexists(temporary):
        os.unlink(temporary)  # of a start that was killed: only the lock's holder writes it
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        line = b"%d\n" % os.getpid()
        if os.write(fd, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), temporary)
        os.rename(temporary, path)
    except OSError as error:
        os.unlink(temporary)
        raise OSError(error.errno, error.strerror, temporary) from error
    return fd  # kept open, so that no later file can have its inode


def unpublish(path, fd):
    try:
        if os.path.samestat(os.fstat(fd), os.lstat(path)):
            os.unlink(path)
    except OSError:
        pass  # nothing depends on it


class Handler(socketserver.StreamRequestHandler):
    """In place of your application; http.server alone would double the time that a start takes."""

    def handle(self):
        try:
            while self.rfile.readline().strip():
                pass  # the request, to its blank line
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\nserved by PID %d\n" % os.getpid())
        except OSError:
            pass  # the client has gone


# --- port: both loopbacks or every address, so that no second server hides behind the other name


def addresses(host):
    if host in ("localhost", "127.0.0.1", "::1"):
        return ["127.0.0.1", "::1"]
    return ["::"] if host in ("", "0.0.0.0", "::") and socket.has_dualstack_ipv6() else [host]


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True  # else the last run's TIME_WAIT keeps this one out for a minute
    allow_reuse_port = False  # ever: it lets a second server have the same port
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, port):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), Handler, bind_and_activate=False)

    def server_bind(self):
        address = self.server_address[0]
        if ":" in address:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address != "::")
        super().server_bind()


def listen(host, port):
    """All are bound before the first one listens: so it serves on all or on none."""
    servers = []
    for address in addresses(host):
        try:
            server = Server(address, port)
            server.server_bind()
            servers.append(server)
        except OSError as error:
            if not servers or error.errno not in NO_IPV6:
                raise
    for server in servers:
        server.server_activate()
    return servers


def listen_patiently(host, port):
    deadline = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            return listen(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                fail(TROUBLE, f"cannot listen on {host} port {port}: {error.strerror}")
            if time.monotonic() > deadline:
                fail(PORT_TAKEN, f"{host} port {port} is in use by {listener_on(port)}")
        time.sleep(0.01)


def listener_on(port):
    """The program that has the port, as far as this user may see; Linux."""
    rows = [row.split() for table in glob.glob("/proc/net/tcp*") for row in open(table)]
    inodes = {f"socket:[{row[9]}]" for row in rows
              if row[3] == "0A" and row[1].endswith(f":{port:04X}")}
    for link in glob.iglob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(link) in inodes:
                pid = link.split("/")[2]
                return f"PID {pid} ({open(f'/proc/{pid}/comm').read().strip()})"
        except OSError:
            continue
    return f"a program that only root sees: sudo ss -ltnp 'sport = :{port}'"


# --- the server


def serve_until_stopped(options):
    servers = listen_patiently(options.host, options.port)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(None,), daemon=True).start()
    say(f"running on http://{options.host}:{options.port}/ (PID {os.getpid()})")
    signal.sigwait(STOP_SIGNALS)
    for server in servers:
        server.socket.shutdown(socket.SHUT_RDWR)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, choices=range(1, 65536), metavar="N", required=True)
    parser.add_argument("--pid-file", required=True)
    parser.add_argument("--on-duplicate", choices=("exit", "wait"), default="exit")
    parser.add_argument("--duplicate-exit", type=int, choices=range(256), metavar="N", default=0)
    options = parser.parse_args()
    options.pid_file = os.path.abspath(os.path.expanduser(options.pid_file))
    return options


def main():
    options = parse()
    try:
        while os.open(os.devnull, os.O_RDWR) < 3:
            pass  # started with its output closed: no file of ours may become descriptor 1
        take_lock(options)  # until the process ends: never before its port and its pid file
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # from here on they are waited for
        record = publish(options.pid_file)
        try:
            serve_until_stopped(options)
        finally:
            unpublish(options.pid_file, record)
    except OSError as error:
        fail(TROUBLE, f"cannot use {error.filename or options.pid_file}: {error.strerror}")


if __name__ == "__main__":
    main()
