// The five ways to keep a second copy out that this project compares, behind one interface.
//
//   auto safeguard = pidfall::strategies::MakeSafeguard("reference", settings);
//   if (auto answer = safeguard->BeforeBind(); !answer.go_on) return answer.status;
//   if (!server.bind_to_port(host, port)) return safeguard->BindFailed(errno).status;
//   safeguard->Serving();
//   server.listen_after_bind();        // until SIGTERM or SIGINT
//   safeguard->BeforeExit();
//
// Each strategy prints its own messages (see CONTRACT.md), so that a server's main is the same for
// every strategy. A program that only wants the best guard uses guard/guard.h directly.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guard/guard.h"

namespace pidfall::strategies {

struct Settings {
  std::string name;                // the server's name in messages: "Task Manager"
  std::filesystem::path pid_file;  // unused by `none` and `port`
  std::string host = "127.0.0.1";
  int port = 0;
  std::string health_path = "/";  // `port` asks the server on the port for it
  guard::OnDuplicate on_duplicate = guard::OnDuplicate::kExit;
  int duplicate_exit = 0;
};

// Go on with the start, or end now with `status`. The reason is printed already.
struct Answer {
  bool go_on = true;
  int status = 0;
};

class Safeguard {
 public:
  virtual ~Safeguard() = default;
  // Before the port is bound. May block (kWait) or end the owner (kTakeOver).
  virtual Answer BeforeBind() = 0;
  // The bind failed with `error` (an errno). The answer is never to go on.
  virtual Answer BindFailed(int error) = 0;
  // The port is bound and listening.
  virtual void Serving() {}
  // Before a restart in place; false: not possible. The port is closed already.
  virtual bool BeforeRestart() { return true; }
  // At a clean end, after the port was closed.
  virtual void BeforeExit() {}
};

// The names that MakeSafeguard takes: none, pidfile, lockfile, port, reference.
const std::vector<std::string_view>& StrategyNames();

// Throws std::invalid_argument for a name that StrategyNames() does not list.
std::unique_ptr<Safeguard> MakeSafeguard(std::string_view strategy, Settings settings);

}  // namespace pidfall::strategies
