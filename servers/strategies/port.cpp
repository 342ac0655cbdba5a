#include "servers/strategies/port.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "guard/console.h"

namespace pidfall::strategies {
namespace {

using guard::ForLocale;
using guard::Say;

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(1);  // then a hung server counts as a stranger
constexpr size_t kLongestHead = 16 * 1024;

// macOS needs a separate call for these flags.
int OpenSocket(int family) {
  const int fd = socket(family, SOCK_STREAM, 0);
  if (fd >= 0) fcntl(fd, F_SETFD, FD_CLOEXEC);
  if (fd >= 0) fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// One connection; one deadline for all of its steps.
class Question {
 public:
  explicit Question(Clock::time_point deadline) : deadline_(deadline) {}
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;
  ~Question() {
    if (fd_ >= 0) close(fd_);
  }

  bool Connect(const std::string& host, int port) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return false;
    fd_ = OpenSocket(found->ai_family);
    const int result = fd_ < 0 ? -1 : connect(fd_, found->ai_addr, found->ai_addrlen);
    const bool begun = result == 0 || (fd_ >= 0 && errno == EINPROGRESS);
    freeaddrinfo(found);
    return begun && Ready(POLLOUT);
  }

  bool Send(const std::string& text) {
    return send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  std::string ReadHead() {
    std::string head;
    char buffer[1024];
    while (head.size() < kLongestHead && head.find("\r\n\r\n") == std::string::npos) {
      if (!Ready(POLLIN)) break;
      const ssize_t n = recv(fd_, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      head.append(buffer, n);
    }
    return head;
  }

 private:
  bool Ready(short events) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    pollfd waited = {fd_, events, 0};
    return poll(&waited, 1, static_cast<int>(std::max<int64_t>(left, 0))) == 1;
  }

  Clock::time_point deadline_;
  int fd_ = -1;
};

std::string HeaderValue(const std::string& head, std::string_view name) {
  for (size_t line = head.find("\r\n"); line != std::string::npos; line = head.find("\r\n", line)) {
    line += 2;
    if (strncasecmp(head.c_str() + line, name.data(), name.size()) != 0) continue;
    if (head[line + name.size()] != ':') continue;
    const size_t start = head.find_first_not_of(" \t", line + name.size() + 1);
    return start == std::string::npos ? "" : head.substr(start, head.find("\r\n", start) - start);
  }
  return "";
}

}  // namespace

std::string AskWhoIsThere(const std::string& host, int port, const std::string& path) {
  Question question(Clock::now() + kPatience);
  if (!question.Connect(host, port)) return "";
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  if (!question.Send(request)) return "";
  return HeaderValue(question.ReadHead(), kServerHeader);
}

Answer PortGuard::BindFailed(int error) {
  const std::string port = std::to_string(settings_.port);
  if (error != EADDRINUSE) {
    Say(ForLocale("❌ ", "Cannot bind port " + port + ": " + std::strerror(error)));
    return {false, 1};
  }
  const std::string there = AskWhoIsThere(settings_.host, settings_.port, settings_.health_path);
  if (there == settings_.name) {
    Say(ForLocale("ℹ️  ", settings_.name + " already running on port " + port));
    return {false, settings_.duplicate_exit};
  }
  Say(ForLocale("❌ ", "Port " + port + " is already in use by " +
                          (there.empty() ? "another program" : there)));
  return {false, 1};
}

}  // namespace pidfall::strategies
