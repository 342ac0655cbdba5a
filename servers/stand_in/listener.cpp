#include "servers/stand_in/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "servers/stand_in/console.h"

namespace pidfall::stand_in {
namespace {

constexpr int kBacklog = 64;
constexpr int kAnswerLimitMs = 200;
constexpr std::string_view kAnswer = "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nstand-in\n";

volatile sig_atomic_t came = 0;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address PortAddress(const Options& options) {
  Address address;
  const std::string host = options.Get("host", "127.0.0.1");
  const auto port = htons(static_cast<in_port_t>(options.Number("port", 0)));
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    address.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    address.size = sizeof *v6;
  } else {
    throw Failure("not an address: " + host, EINVAL);
  }
  return address;
}

Address SocketAddress(const std::string& path) {
  Address address;
  auto* name = reinterpret_cast<sockaddr_un*>(&address.storage);
  name->sun_family = AF_UNIX;
  std::strncpy(name->sun_path, path.c_str(), sizeof name->sun_path - 1);
  address.size = sizeof *name;
  return address;
}

bool Connects(Address address) {
  const int asking = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connects = connect(asking, address.get(), address.size) == 0;
  close(asking);
  return connects;
}

void Set(int socket, int option) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, option, &on, sizeof on);
}

// Reads first: what is closed unread is reset, and leaves no TIME_WAIT.
void AnswerOne(int listening) {
  const int client = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  pollfd asks{client, POLLIN, 0};
  std::array<char, 4096> request{};
  if (poll(&asks, 1, kAnswerLimitMs) == 1 && recv(client, request.data(), request.size(), 0) > 0) {
    send(client, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }
  close(client);
}

ino_t InodeOf(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

void OnSignal(int signal) { came = signal; }

sigset_t Caught() {
  sigset_t caught;
  sigemptyset(&caught);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaddset(&caught, signal);
  return caught;
}

}  // namespace

// Only while we wait for events: so none is lost.
void CatchSignals() {
  const sigset_t caught = Caught();
  sigprocmask(SIG_BLOCK, &caught, nullptr);
  struct sigaction action {};
  action.sa_handler = OnSignal;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaction(signal, &action, nullptr);
}

bool Listener::Bind() {
  if (options_.Has("socket")) return BindSocket();
  return !options_.Has("port") || BindPort();
}

void Listener::Listen() const {
  if (listening_ >= 0 && listen(listening_, kBacklog) != 0) throw Failure("cannot listen", errno);
}

bool Listener::BindPort() {
  Address address = PortAddress(options_);
  listening_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listening_ < 0) throw Failure("cannot open a socket", errno);
  if (!options_.Has("no-reuseaddr")) Set(listening_, SO_REUSEADDR);
  if (options_.Has("reuseport")) Set(listening_, SO_REUSEPORT);
  if (bind(listening_, address.get(), address.size) == 0) return true;
  if (errno == EADDRINUSE) return false;
  throw Failure("cannot bind port " + options_.Get("port"), errno);
}

bool Listener::BindSocket() {
  const std::string path = options_.Get("socket");
  Address address = SocketAddress(path);
  if (!options_.Is("socket-rule", "take") && Connects(address)) return false;
  unlink(path.c_str());
  listening_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listening_, address.get(), address.size) != 0) {
    throw Failure("cannot bind " + path, errno);
  }
  inode_ = InodeOf(path);
  return true;
}

int Listener::ServeUntilSignal() const {
  sigset_t all;
  sigemptyset(&all);
  came = 0;
  pollfd listening{listening_, POLLIN, 0};
  while (came == 0) {
    if (ppoll(&listening, 1, nullptr, &all) == 1) AnswerOne(listening_);
  }
  return came;
}

void Listener::Close() const {
  if (listening_ >= 0) close(listening_);
  const std::string path = options_.Get("socket");
  if (path.empty()) return;
  if (options_.Is("remove", "any") || InodeOf(path) == inode_) unlink(path.c_str());
}

bool Listener::Answers() const {
  Address address =
      options_.Has("socket") ? SocketAddress(options_.Get("socket")) : PortAddress(options_);
  const int asking = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool answers = connect(asking, address.get(), address.size) == 0;
  constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";
  pollfd answer{asking, POLLIN, 0};
  answers = answers && send(asking, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) > 0 &&
            poll(&answer, 1, kAnswerLimitMs) == 1;
  close(asking);
  return answers;
}

}  // namespace pidfall::stand_in
