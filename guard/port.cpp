#include "guard/port.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>

#include "guard/descriptor.h"
#include "guard/identity.h"
#include "guard/listeners.h"
#include "guard/same_program.h"

namespace pidfall::guard {
namespace {

constexpr std::chrono::seconds kDrainPatience{1};

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Addresses Resolve(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const char* name = host.empty() ? nullptr : host.c_str();
  if (getaddrinfo(name, std::to_string(port).c_str(), &hints, &found) != 0) found = nullptr;
  return {found, &freeaddrinfo};
}

std::string Numeric(const std::string& host, int port) {
  const Addresses found = Resolve(host, port);
  char text[NI_MAXHOST] = "";
  if (found == nullptr || getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr,
                                      0, NI_NUMERICHOST) != 0) {
    return host;
  }
  return text;
}

bool IsLoopback(const std::string& address) {
  return address == "::1" || address.starts_with("127.") || address.starts_with("::ffff:127.");
}

bool IsWildcard(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

// Whether a client that means one address may reach the other.
bool Confusable(const std::string& one, const std::string& other) {
  return one == other || IsWildcard(one) || IsWildcard(other) ||
         (IsLoopback(one) && IsLoopback(other));
}

std::optional<Listener> FindConfusable(const std::string& host, int port) {
  const std::string ours = Numeric(host, port);
  for (Listener& listener : Listeners(port)) {
    if (Confusable(ours, listener.address)) return std::move(listener);
  }
  return std::nullopt;
}

std::string Describe(const Listener& listener) {
  if (listener.pid == 0) return "a program that cannot be seen from here";
  return "PID " + std::to_string(listener.pid) + " (" + listener.program + ")";
}

// A copy of our own program may be ending: it releases its lock before its port. A stranger is not
// waited for.
bool EndsBy(const Listener& listener, std::chrono::steady_clock::time_point deadline) {
  // No process has our user's socket open any more: the kernel is closing it at this moment.
  if (listener.pid == 0) return listener.uid == geteuid();
  const Descriptor process = OpenProcess(listener.pid);
  if (!process.valid()) return errno == ESRCH;
  return IsSameProgram(listener.pid, {}) && WaitUntilEnded(process, deadline);
}

}  // namespace

std::string AwaitFreePort(const std::string& host, int port) {
  const auto deadline = std::chrono::steady_clock::now() + kDrainPatience;
  while (const auto listener = FindConfusable(host, port)) {
    if (EndsBy(*listener, deadline) && std::chrono::steady_clock::now() < deadline) continue;
    return "Port " + std::to_string(port) + " is already in use by " + Describe(*listener) +
           " on " + listener->address;
  }
  return "";
}

std::string DescribeListener(const std::string& host, int port) {
  const auto listener = FindConfusable(host, port);
  return listener ? Describe(*listener) : "";
}

}  // namespace pidfall::guard
