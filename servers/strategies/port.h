// The port is the guard: bind first, and where it is taken ask who is there.
//
// A server says who it is in the response header `X-Pidfall-Server: NAME`. The same name there is
// a duplicate; anybody else, or no answer within the bound, is a stranger.
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

// The value of kServerHeader in the answer to `GET path`; empty when nobody says.
std::string AskWhoIsThere(const std::string& host, int port, const std::string& path);

}  // namespace pidfall::strategies
