// The port is the guard: bind first, and where it is taken ask which server has it.
//
// A server names itself in the response header `X-Pidfall-Server: NAME`. The same name means a
// duplicate; another name, or no answer in time, means a stranger.
#pragma once

#include <string>

#include "servers/strategies/strategy.h"

namespace pidfall::strategies {

inline constexpr std::string_view kServerHeader = "X-Pidfall-Server";

class PortGuard : public Safeguard {
 public:
  explicit PortGuard(Settings settings) : settings_(std::move(settings)) {}
  Answer BeforeBind() override { return {}; }
  Answer BindFailed(int error) override;

 private:
  Settings settings_;
};

// The value of kServerHeader in the answer to `GET path`; empty without one.
std::string AskWhoIsThere(const std::string& host, int port, const std::string& path);

}  // namespace pidfall::strategies
