#include "servers/zoo/serve.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <vector>

#include "servers/zoo/children.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/stop.h"

namespace pidfall::zoo {
namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"
    "Connection: close\r\nX-Pidfall-Server: zoo\r\n\r\nzoo\n";
constexpr size_t kMostClients = 64;

void Answer(int client) {
  std::array<char, 4096> request{};
  if (recv(client, request.data(), request.size(), 0) > 0) {
    send(client, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }
  close(client);
}

// A UDP socket has packets, not clients.
void Drain(int socket) {
  std::array<char, 4096> packet{};
  recv(socket, packet.data(), packet.size(), 0);
}

void Accept(std::vector<pollfd>& polled) {
  const int client = accept4(polled.front().fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0 && errno == EMFILE) return Dawdle(kWideWindow);
  if (client < 0 && errno == EOPNOTSUPP) return Drain(polled.front().fd);
  if (client < 0) return;
  polled.push_back({client, POLLIN, 0});
  if (polled.size() <= kMostClients) return;
  close(polled[1].fd);
  polled.erase(polled.begin() + 1);
}

bool AnyAsks(const std::vector<pollfd>& polled) {
  return std::any_of(polled.begin() + 1, polled.end(),
                     [](const pollfd& client) { return client.revents != 0; });
}

void AnswerClients(std::vector<pollfd>& polled) {
  const auto answered = [](const pollfd& client) {
    if (client.revents == 0) return false;
    Answer(client.fd);
    return true;
  };
  polled.erase(std::remove_if(polled.begin() + 1, polled.end(), answered), polled.end());
}

}  // namespace

void Serve(int listening, Guard& guard) {
  fcntl(listening, F_SETFL, O_NONBLOCK);
  std::vector<pollfd> polled = {{listening, POLLIN, 0}};
  while (!StopRequested()) {
    WaitForEvents(polled);
    if (SupervisorGone()) guard.Release();
    // Before the answer: a client that has the answer may start the next copy at once.
    if (Has(Defect::kDropsLockOnRequest) && AnyAsks(polled)) guard.Release();
    if (AnyAsks(polled)) StartHelperOnce(listening);
    AnswerClients(polled);
    if (polled.front().revents != 0) Accept(polled);
  }
  for (size_t client = 1; client < polled.size(); ++client) close(polled[client].fd);
}

}  // namespace pidfall::zoo
