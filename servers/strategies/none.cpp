#include "servers/strategies/none.h"

#include <cerrno>
#include <cstring>

#include "guard/console.h"

namespace pidfall::strategies {
namespace {

using guard::Say;

}  // namespace

// The report's two lines unchanged, harmful hint included: the pipe also kills the port's clients.
Answer NoGuard::BindFailed(int error) {
  const std::string port = std::to_string(settings_.port);
  if (error == EADDRINUSE) {
    Say("❌ Port " + port + " is already in use");
    Say("💡 Try: lsof -ti :" + port + " | xargs kill");
  } else {
    Say("❌ Cannot bind port " + port + ": " + std::strerror(error));
  }
  return {false, 1};
}

}  // namespace pidfall::strategies
