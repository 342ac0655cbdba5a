#!/usr/bin/env node
// A small server that keeps the safeguard contract: one instance, kept by a lock of the kernel.
//
//   serve.js --port 8767 --pid-file ~/.serve.pid [--host 127.0.0.1]
//            [--on-duplicate exit|wait] [--duplicate-exit 0]
//
// Status 0: ended by SIGTERM or SIGINT. The duplicate's, 0 unless set: another copy serves.
// 2: bad usage. 69: the port is taken. 74: the files can't be used. Node 18 or later; Linux, macOS.
//
// Node has no call for locks. flock(1) takes one on a descriptor that it is given; the lock belongs
// to the opened file, not to flock(1), and we keep it when flock(1) has ended.
'use strict';
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');

const BAD_USAGE = 2, PORT_TAKEN = 69, TROUBLE = 74;
const BUSY = 75; // what flock(1) is told to end with when the lock is held
const PORT_TRIES = 50, BETWEEN_TRIES_MS = 10; // a killed owner's port closes after its lock

const { O_RDWR, O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = fs.constants;

class End extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Only the status counts: a message that can't be written must not change it.
function say(text) {
  try {
    fs.writeSync(1, `serve: ${text}\n`);
  } catch {
    // nobody listens
  }
}

function isNamed(fd, name) {
  const ours = fs.fstatSync(fd, { bigint: true });
  const named = fs.lstatSync(name, { bigint: true, throwIfNoEntry: false });
  return named !== undefined && ours.dev === named.dev && ours.ino === named.ino;
}

// --- lock file: it alone decides. Made once, never removed, never renamed.

// O_NOFOLLOW and O_NONBLOCK: a symlink or a FIFO is refused, not waited on. Node opens
// close-on-exec: no program that we start keeps the lock after us.
function openLock(name) {
  const fd = fs.openSync(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  const status = fs.fstatSync(fd);
  if (status.isFile() && status.nlink <= 1) return fd;
  throw new End(TROUBLE, `${name} is no plain file: left as it is; look who put it there`);
}

// For the message only: a pid in a file makes no owner; check the process before you kill it.
function owner(pidFile) {
  let text = '';
  try {
    const fd = fs.openSync(pidFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    text = fs.readFileSync(fd, 'latin1').trim();
    fs.closeSync(fd);
  } catch {
    // as below
  }
  if (!/^[0-9]{1,10}$/.test(text)) return `(PID not known); to see it: fuser -v ${pidFile}.lock`;
  return `(PID ${text}); look at it before you end it: ps -o pid,lstart,args -p ${text}`;
}

const withLock = (fd) => ({ stdio: ['ignore', 'ignore', 'ignore', fd] });

function tryLock(fd, name) {
  const done = spawnSync('flock', ['-n', '-E', `${BUSY}`, '3'], withLock(fd));
  if (done.status === 0 || done.status === BUSY) return done.status === 0;
  const cause = done.error?.code === 'ENOENT' ? 'flock(1) is missing, install util-linux'
    : done.error?.message ?? `flock(1) ended with ${done.status ?? done.signal}`;
  throw new End(TROUBLE, `cannot lock ${name}: ${cause}`);
}

let waiting; // flock(1), standing by for us: it must end when we do

function awaitLock(fd, name) {
  return new Promise((resolve, reject) => {
    waiting = spawn('flock', ['3'], withLock(fd));
    waiting.once('error', reject);
    waiting.once('exit', (status) =>
      status === 0 ? resolve() : reject(new End(TROUBLE, `cannot lock ${name}`)));
  });
}

async function takeLock(options) {
  const name = `${options.pidFile}.lock`;
  for (;;) {
    const fd = openLock(name);
    if (!tryLock(fd, name)) {
      const text = `already running ${owner(options.pidFile)}`;
      if (!options.standsBy) throw new End(options.duplicateExit, text);
      say(`standing by: ${text}`);
      await awaitLock(fd, name);
    }
    if (isNamed(fd, name)) return; // until the process ends: never before its port and its pid file
    fs.closeSync(fd); // somebody removed the file: what we hold keeps nobody out
  }
}

// --- pid file: for people and tools. Published whole, by rename; removed only while it is ours.

let published; // {name, fd}; open, so that no later file can have its inode

function publish(name) {
  if (fs.lstatSync(name, { throwIfNoEntry: false })?.isFile() === false) {
    throw new End(TROUBLE, `${name} is no plain file: left as it is; look who put it there`);
  }
  const temporary = `${name}.new`;
  fs.rmSync(temporary, { force: true }); // of a start that was killed
  const fd = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
  try {
    fs.writeFileSync(fd, `${process.pid}\n`);
    fs.renameSync(temporary, name);
  } catch (error) {
    fs.rmSync(temporary);
    throw new End(TROUBLE, `cannot write ${temporary}: ${error.message}`);
  }
  published = { name, fd };
}

function unpublish() {
  try {
    if (published && isNamed(published.fd, published.name)) fs.unlinkSync(published.name);
  } catch {
    // nothing depends on it
  }
}

// --- port: both loopbacks or every address, so that no second server hides behind the other name

function addresses(host) {
  if (['localhost', '127.0.0.1', '::1'].includes(host)) return ['127.0.0.1', '::1'];
  return ['', '0.0.0.0', '::'].includes(host) ? ['::'] : [host];
}

function answer(request, response) {
  response.writeHead(200, { Connection: 'close' });
  response.end(`served by PID ${process.pid}\n`);
}

// Node sets SO_REUSEADDR by itself. Never `reusePort`: it lets a second server have the port.
function listenOn(host, port) {
  return new Promise((resolve, reject) => {
    const server = http.createServer(answer);
    server.once('error', reject);
    server.listen({ host, port, exclusive: true, ipv6Only: host !== '::' }, () => resolve(server));
  });
}

let servers = [];

async function listen(options) {
  servers = [];
  for (const host of addresses(options.host)) {
    try {
      servers.push(await listenOn(host, options.port));
    } catch (error) {
      const sixIsOff = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code);
      if (servers.length === 0 || !sixIsOff) throw error;
    }
  }
}

// The program that has the port, as far as this user may see; Linux.
function listenerOn(port) {
  const LISTENS = '0A';
  const at = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (name) => fs.readFileSync(name, 'latin1').split('\n');
  const look = (what) => {
    try {
      return what();
    } catch {
      return []; // another user's, or gone
    }
  };
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((name) => look(() => lines(name)));
  const sockets = rows.map((row) => row.trim().split(/\s+/))
    .filter((row) => row[1]?.endsWith(at) && row[3] === LISTENS).map((row) => `socket:[${row[9]}]`);
  for (const pid of look(() => fs.readdirSync('/proc')).filter((name) => /^\d+$/.test(name))) {
    const opened = (fd) => look(() => fs.readlinkSync(`/proc/${pid}/fd/${fd}`));
    const fds = look(() => fs.readdirSync(`/proc/${pid}/fd`));
    if (!fds.some((fd) => sockets.includes(opened(fd)))) continue;
    return `PID ${pid} (${look(() => lines(`/proc/${pid}/comm`))[0]})`;
  }
  return `a program that only root sees: sudo ss -ltnp 'sport = :${port}'`;
}

async function listenPatiently(options) {
  const where = `${options.host} port ${options.port}`;
  for (let tries = 0; ; ++tries) {
    try {
      return await listen(options);
    } catch (error) {
      servers.forEach((server) => server.close());
      if (error.code !== 'EADDRINUSE') {
        throw new End(TROUBLE, `cannot listen on ${where}: ${error.message}`);
      }
      if (tries === PORT_TRIES) {
        throw new End(PORT_TAKEN, `${where} is in use by ${listenerOn(options.port)}`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
  }
}

// --- the server

function stop() {
  waiting?.kill('SIGKILL');
  servers.forEach((server) => server.close());
  unpublish();
  process.exit(0); // the lock goes with the process
}

function number(text, least, most) {
  if (/^\d{1,5}$/.test(text) && +text >= least && +text <= most) return +text;
  throw new End(BAD_USAGE, `${text} is not a number from ${least} to ${most}`);
}

function parse() {
  const text = (value) => ({ type: 'string', default: value });
  try {
    const { values } = parseArgs({ options: { 'host': text('127.0.0.1'), 'port': text(''),
      'pid-file': text(''), 'on-duplicate': text('exit'), 'duplicate-exit': text('0') } });
    if (values['pid-file'] === '' || !['exit', 'wait'].includes(values['on-duplicate'])) {
      throw new Error('--port N and --pid-file PATH are needed; --on-duplicate is exit or wait');
    }
    return {
      host: values.host,
      port: number(values.port, 1, 65535),
      pidFile: path.resolve(values['pid-file'].replace(/^~(?=\/)/, os.homedir())),
      standsBy: values['on-duplicate'] === 'wait',
      duplicateExit: number(values['duplicate-exit'], 0, 255),
    };
  } catch (error) {
    throw new End(BAD_USAGE, error.message);
  }
}

async function main() {
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const options = parse();
  await takeLock(options);
  publish(options.pidFile);
  await listenPatiently(options);
  say(`running on http://${options.host}:${options.port}/ (PID ${process.pid})`);
}

main().catch((error) => {
  unpublish();
  say(error.message);
  process.exit(error.status ?? TROUBLE);
});
