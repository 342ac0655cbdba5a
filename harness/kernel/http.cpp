#include "harness/kernel/http.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostKept = 1 << 20;

bool ReadableBefore(int fd, Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd event{fd, POLLIN, 0};
  return poll(&event, 1, static_cast<int>(std::max<int64_t>(left.count(), 0))) > 0;
}

// HTTP/1.0, so that the server closes the connection after the answer.
std::string Question(const std::string& path) {
  return "GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
}

// A question that comes after the server's end of the connection is answered with a reset. The
// answer and the end, which came before, are read all the same.
bool IsReset(int fd) {
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0;
}

}  // namespace

HttpReply HttpGet(const Endpoint& server, const std::string& path, Duration bound) {
  return HttpAsk(ConnectTo(server), path, bound);
}

HttpReply HttpAsk(const UniqueFd& connection, const std::string& path, Duration bound) {
  const auto deadline = Clock::now() + bound;
  const std::string question = Question(path);
  // MSG_NOSIGNAL: a server that closes the connection at once must not end the harness.
  send(connection.get(), question.data(), question.size(), MSG_NOSIGNAL);
  HttpReply reply;
  std::array<char, 4096> chunk{};
  while (reply.text.size() < kMostKept && ReadableBefore(connection.get(), deadline)) {
    const ssize_t n = read(connection.get(), chunk.data(), chunk.size());
    reply.reset_by_server = n < 0 ? errno == ECONNRESET : n == 0 && IsReset(connection.get());
    reply.closed_by_server = n == 0 && !reply.reset_by_server;
    if (n <= 0) break;
    reply.text.append(chunk.data(), static_cast<size_t>(n));
  }
  std::sscanf(reply.text.c_str(), "HTTP/%*d.%*d %d", &reply.status);
  return reply;
}

}  // namespace pidfall
