/* serve PORT PID_FILE: answers every request with one line, until SIGTERM or SIGINT. */
#include <arpa/inet.h>
#include <errno.h>
#include <guard/guard_c.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kBadUsage = 2, kPortTaken = 69 };

static int listen_on(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  const int on = 1;
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* TIME_WAIT keeps nobody out */
  if (bind(server, (struct sockaddr*)&address, sizeof address) == 0 && listen(server, 16) == 0) {
    return server;
  }
  fprintf(stderr, "serve: cannot serve on port %d: %s\n", port, strerror(errno));
  return -1;
}

/* A client that sends no request, or has gone already, delays no other. */
static void answer(int client) {
  static const char kReply[] = "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";
  struct pollfd asks = {client, POLLIN, 0};
  char request[1024];
  if (poll(&asks, 1, 1000) == 1 && read(client, request, sizeof request) > 0) {
    send(client, kReply, sizeof kReply - 1, MSG_NOSIGNAL);
  }
  close(client);
}

static void serve(int server, int signals) {
  struct pollfd events[] = {{server, POLLIN, 0}, {signals, POLLIN, 0}};
  while (poll(events, 2, -1) < 0 || events[1].revents == 0) {
    if (events[0].revents != 0) answer(accept(server, NULL, NULL));
  }
}

static int run(int port, int signals) {
  const int server = listen_on(port);
  if (server < 0) return kPortTaken;
  serve(server, signals);
  close(server); /* before the guard lets the next one in */
  return 0;
}

static int watch_signals(void) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, NULL);
  return signalfd(-1, &ends, SFD_CLOEXEC);
}

int main(int argc, char** argv) {
  if (argc != 3) return fprintf(stderr, "usage: serve PORT PID_FILE\n"), kBadUsage;
  const int signals = watch_signals(); /* before the guard: a stop always lets the file go */
#if SAMPLE_GUARDED
  const struct pidfall_options options = {
      .name = "Sample Server", .pid_file = argv[2], .on_duplicate = PIDFALL_AUTO};
  pidfall_instance* instance = pidfall_acquire_with(&options);
  if (!pidfall_acquired(instance)) return pidfall_explain(instance, 0);
  const int status = run(atoi(argv[1]), signals);
  pidfall_release(instance);
  return status;
#else
  return run(atoi(argv[1]), signals);
#endif
}
