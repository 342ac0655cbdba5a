// Finds the calls that touch a safeguard, and the objects that they touch.
//
//   Attention attention(safeguard, pid, port);
//   if (auto object = attention.ObjectOf(thread, kind, call)) ...   // "x.pid"
//
// It remembers the address that each socket was bound to: a socket has no name of its own.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/kernel/call_kinds.h"
#include "harness/kernel/raw_call.h"
#include "harness/stage/safeguard.h"

namespace pidfall {

class Attention {
 public:
  // `pid`: of the start; it is shown as "{pid}". `port`: that it serves on; 0: it has none.
  Attention(const Safeguard& safeguard, pid_t pid, int port)
      : safeguard_(&safeguard), pid_(pid), port_(port) {}

  // At the entry of a call. Empty: it touches nothing of the safeguard.
  std::optional<std::string> ObjectOf(pid_t thread, const CallKind& kind, const RawCall& call);

 private:
  std::optional<std::string> PathObject(pid_t thread, const CallKind& kind, const RawCall& call);
  std::optional<std::string> DescriptorObject(pid_t thread, const CallKind& kind,
                                              const RawCall& call);
  std::optional<std::string> SocketObject(pid_t thread, const CallKind& kind, const RawCall& call);
  std::optional<std::string> ProcessObject(const RawCall& call, int argument) const;
  std::string NameOfPath(const std::string& path);
  std::string Followed(const std::string& path);
  const std::string& RealFolder(const std::string& folder);

  const Safeguard* safeguard_;
  pid_t pid_;
  int port_;
  std::map<std::string, std::string> sockets_;  // "socket:[123]", and the address it was bound to
  std::map<std::string, std::string> real_;     // folders, with every link followed
};

}  // namespace pidfall
