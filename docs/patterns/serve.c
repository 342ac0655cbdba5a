/* A small server that keeps the safeguard contract: one instance, kept by a lock of the kernel.

     cc -O2 -pthread -o serve serve.c
     serve --port 8767 --pid-file /home/me/.serve.pid [--host 127.0.0.1]
           [--on-duplicate exit|wait] [--duplicate-exit 0]

   Status 0: ended by SIGTERM or SIGINT. The duplicate's, 0 unless set: another copy serves.
   2: bad usage. 69: the port is taken. 74: the files can't be used. Linux. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kBadUsage = 2, kPortTaken = 69, kTrouble = 74 };
enum { kPortTries = 50, kBetweenTriesMs = 10 }; /* a killed owner's port closes after its lock */
enum { kPathSize = 4096 };

static const char *host = "127.0.0.1", *pid_file;
static int port, duplicate_exit, stands_by;
static int record = -1; /* our pid file while it is published; open, so that its inode stays ours */

/* Only the status counts: a message that can't be written must not change it. */
static void Say(const char* format, ...) {
  char line[kPathSize + 256] = "serve: ";
  va_list values;
  va_start(values, format);
  vsnprintf(line + 7, sizeof line - 8, format, values);
  va_end(values);
  strcat(line, "\n");
  if (write(1, line, strlen(line)) < 0) return;
}

static int IsNamed(int fd, const char* path) {
  struct stat ours, named;
  return fstat(fd, &ours) == 0 && lstat(path, &named) == 0 && ours.st_dev == named.st_dev &&
         ours.st_ino == named.st_ino;
}

static void Unpublish(void) {
  if (record >= 0 && IsNamed(record, pid_file)) unlink(pid_file);
}

static void Fail(int status, const char* what, const char* path) {
  const char* cause = errno ? strerror(errno) : "left as it is; look who put it there";
  Say("%s %s: %s", what, path, cause);
  Unpublish();
  exit(status);
}

/* --- lock file: it alone decides. Made once, never removed, never renamed. */

/* O_NOFOLLOW and O_NONBLOCK: a symlink or a FIFO is refused, not waited on. O_CLOEXEC: no program
   that we start keeps the lock after us. */
static int OpenLock(const char* path) {
  struct stat status;
  int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
  if (fd < 0 || fstat(fd, &status) != 0) Fail(kTrouble, "cannot open", path);
  errno = 0;
  if (!S_ISREG(status.st_mode) || status.st_nlink > 1) Fail(kTrouble, "not a plain file:", path);
  return fd;
}

/* For the message only: a pid in a file makes no owner; check the process before you kill it. */
static void SayWhoRuns(const char* prefix) {
  char text[16] = "";
  int fd = open(pid_file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd >= 0 && read(fd, text, sizeof text - 1) < 0) text[0] = '\0';
  if (fd >= 0) close(fd);
  int pid = atoi(text);
  if (pid > 0) {
    Say("%salready running (PID %d); look at it before you end it: ps -o pid,lstart,args -p %d",
        prefix, pid, pid);
  } else {
    Say("%salready running (PID not known); to see it: fuser -v %s.lock", prefix, pid_file);
  }
}

static void TakeLock(void) {
  char path[kPathSize];
  snprintf(path, sizeof path, "%s.lock", pid_file);
  for (;;) {
    int fd = OpenLock(path);
    int busy = flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (busy && errno != EWOULDBLOCK) Fail(kTrouble, "cannot lock", path);
    if (busy) SayWhoRuns(stands_by ? "standing by: " : "");
    if (busy && !stands_by) exit(duplicate_exit);
    if (busy && flock(fd, LOCK_EX) != 0) Fail(kTrouble, "cannot lock", path);
    if (IsNamed(fd, path)) return; /* until the process ends: never before its port */
    close(fd);                     /* somebody removed the file: what we hold keeps nobody out */
  }
}

/* --- pid file: for people and tools. Published whole, by rename; removed only while it is ours. */

static void Publish(void) {
  char temporary[kPathSize];
  struct stat there;
  snprintf(temporary, sizeof temporary, "%s.new", pid_file);
  errno = 0;
  if (lstat(pid_file, &there) == 0 && !S_ISREG(there.st_mode)) {
    Fail(kTrouble, "in the pid file's place is something else:", pid_file);
  }
  unlink(temporary); /* of a start that was killed: only the lock's holder writes it */
  int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0) Fail(kTrouble, "cannot make", temporary);
  char line[16];
  int length = snprintf(line, sizeof line, "%d\n", (int)getpid());
  errno = ENOSPC; /* of a short write */
  if (write(fd, line, (size_t)length) == length && rename(temporary, pid_file) == 0) {
    record = fd;
    return;
  }
  int cause = errno;
  unlink(temporary);
  errno = cause;
  Fail(kTrouble, "cannot write", temporary);
}

/* --- port: both loopbacks or every address, so that no second server hides behind the other name
 */

struct Listeners {
  int fd[2], count;
};

static int Bind(const char* address) {
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int is_six = inet_pton(AF_INET6, address, &six.sin6_addr) == 1;
  errno = EINVAL;
  if (!is_six && inet_pton(AF_INET, address, &four.sin_addr) != 1) return -1;
  int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1, only_six = strcmp(address, "::") != 0;
  /* Never SO_REUSEPORT: it lets a second server have the same port. */
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return -1;
  if (is_six) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_six, sizeof only_six);
  struct sockaddr* to = is_six ? (struct sockaddr*)&six : (struct sockaddr*)&four;
  if (bind(fd, to, is_six ? sizeof six : sizeof four) == 0) return fd;
  int cause = errno;
  close(fd);
  errno = cause;
  return -1;
}

static int IsOneOf(const char* word, const char* one, const char* other, const char* third) {
  return strcmp(word, one) == 0 || strcmp(word, other) == 0 || strcmp(word, third) == 0;
}

/* All are bound before the first one listens: so it serves on all or on none. */
static int Listen(struct Listeners* listeners) {
  int loopback = IsOneOf(host, "localhost", "127.0.0.1", "::1");
  const char* first = loopback ? "127.0.0.1" : IsOneOf(host, "", "0.0.0.0", "::") ? "::" : host;
  listeners->count = 0;
  if ((listeners->fd[0] = Bind(first)) < 0) return -1;
  listeners->count = 1;
  if (loopback && (listeners->fd[1] = Bind("::1")) >= 0) listeners->count = 2;
  int six_is_off = errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT;
  int failed = loopback && listeners->count == 1 && !six_is_off;
  for (int i = 0; !failed && i < listeners->count; ++i) failed = listen(listeners->fd[i], 128);
  int cause = errno;
  for (int i = 0; failed && i < listeners->count; ++i) close(listeners->fd[i]);
  errno = cause;
  return failed ? -1 : 0;
}

/* The program that has the port, as far as this user may see. */
static void FindListener(char* who, size_t size) {
  unsigned long inodes[8], inode;
  unsigned int at, state, count = 0;
  char line[512], link[64];
  snprintf(who, size, "a program that only root sees: sudo ss -ltnp 'sport = :%d'", port);
  for (int six = 0; six < 2; ++six) {
    FILE* table = fopen(six ? "/proc/net/tcp6" : "/proc/net/tcp", "re");
    while (table && count < 8 && fgets(line, sizeof line, table)) {
      if (sscanf(line, " %*d: %*[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %lu", &at, &state, &inode) ==
              3 &&
          state == 0x0A && at == (unsigned int)port) {
        inodes[count++] = inode;
      }
    }
    if (table) fclose(table);
  }
  glob_t open_files = {0};
  glob("/proc/[0-9]*/fd/*", GLOB_NOSORT, NULL, &open_files);
  for (size_t i = 0; i < open_files.gl_pathc; ++i) {
    ssize_t length = readlink(open_files.gl_pathv[i], link, sizeof link - 1);
    link[length > 0 ? length : 0] = '\0';
    if (sscanf(link, "socket:[%lu]", &inode) != 1) continue;
    for (unsigned int k = 0; k < count; ++k) {
      if (inodes[k] != inode) continue;
      int pid = atoi(open_files.gl_pathv[i] + strlen("/proc/"));
      char path[32], name[32] = "";
      snprintf(path, sizeof path, "/proc/%d/comm", pid);
      FILE* comm = fopen(path, "re");
      if (comm && !fgets(name, sizeof name, comm)) name[0] = '\0';
      if (comm) fclose(comm);
      snprintf(who, size, "PID %d (%.*s)", pid, (int)strcspn(name, "\n"), name);
    }
  }
  globfree(&open_files);
}

static void ListenPatiently(struct Listeners* listeners) {
  char where[kPathSize], who[128];
  snprintf(where, sizeof where, "%s port %d", host, port);
  for (int tries = 0; Listen(listeners) != 0; ++tries) {
    if (errno != EADDRINUSE) Fail(kTrouble, "cannot listen on", where);
    if (tries < kPortTries) {
      poll(NULL, 0, kBetweenTriesMs);
      continue;
    }
    FindListener(who, sizeof who);
    Say("%s is in use by %s", where, who);
    Unpublish();
    exit(kPortTaken);
  }
}

/* --- the server */

static void* Answer(void* client) {
  int fd = (int)(intptr_t)client;
  char text[256];
  if (read(fd, text, sizeof text) > 0) {
    int length = snprintf(text, sizeof text, "HTTP/1.0 200 OK\r\n\r\nserved by PID %d\n", getpid());
    send(fd, text, (size_t)length, MSG_NOSIGNAL);
  }
  close(fd);
  return NULL;
}

static void* Accept(void* listener) {
  for (;;) {
    int client = accept4((int)(intptr_t)listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0 && errno == EINVAL) return NULL; /* shut down */
    if (client < 0) poll(NULL, 0, 100);             /* out of descriptors, say */
    pthread_t thread;
    if (client < 0) continue;
    if (pthread_create(&thread, NULL, Answer, (void*)(intptr_t)client) != 0) {
      close(client);
    } else {
      pthread_detach(thread);
    }
  }
}

static void ServeUntilStopped(const sigset_t* stop_signals) {
  struct Listeners listeners;
  ListenPatiently(&listeners);
  for (int i = 0; i < listeners.count; ++i) {
    pthread_t thread;
    errno = pthread_create(&thread, NULL, Accept, (void*)(intptr_t)listeners.fd[i]);
    if (errno) Fail(kTrouble, "cannot make a thread for", host);
  }
  Say("running on http://%s:%d/ (PID %d)", host, port, (int)getpid());
  int taken;
  sigwait(stop_signals, &taken);
  for (int i = 0; i < listeners.count; ++i) shutdown(listeners.fd[i], SHUT_RDWR);
}

static int Number(const char* text, int least, int most) {
  char* end;
  long number = strtol(text, &end, 10);
  if (*text && !*end && number >= least && number <= most) return (int)number;
  Say("%s is not a number from %d to %d", text, least, most);
  exit(kBadUsage);
}

static void Usage(void) {
  Say("usage: serve --port N --pid-file PATH [--host ADDRESS] [--on-duplicate exit|wait]"
      " [--duplicate-exit N]");
  exit(kBadUsage);
}

static void Parse(int count, char** words) {
  static const struct option options[] = {
      {"host", 1, NULL, 'h'},         {"port", 1, NULL, 'p'},           {"pid-file", 1, NULL, 'f'},
      {"on-duplicate", 1, NULL, 'd'}, {"duplicate-exit", 1, NULL, 's'}, {NULL, 0, NULL, 0}};
  for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;) {
    if (option == '?') Usage();
    if (option == 'h') host = optarg;
    if (option == 'p') port = Number(optarg, 1, 65535);
    if (option == 'f') pid_file = optarg;
    if (option == 's') duplicate_exit = Number(optarg, 0, 255);
    if (option != 'd') continue;
    stands_by = strcmp(optarg, "wait") == 0;
    if (!stands_by && strcmp(optarg, "exit") != 0) Usage();
  }
  if (port == 0 || !pid_file || strlen(pid_file) > kPathSize - 8 || optind != count) Usage();
}

static void EndAtOnce(int stop_signal) {
  (void)stop_signal;
  _exit(0);
}

int main(int count, char** words) {
  signal(SIGTERM, EndAtOnce); /* nothing has to be undone until the pid file is published */
  signal(SIGINT, EndAtOnce);
  signal(SIGPIPE, SIG_IGN);
  Parse(count, words);
  for (int fd = 0; fd < 3;) { /* output closed: no file of ours may become descriptor 1 */
    if ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
      Fail(kTrouble, "cannot open", "/dev/null");
    if (fd >= 3) close(fd);
  }
  TakeLock();
  sigset_t stop_signals; /* from here on they are waited for */
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  sigprocmask(SIG_BLOCK, &stop_signals, NULL);
  Publish();
  ServeUntilStopped(&stop_signals);
  Unpublish();
  return 0;
}
