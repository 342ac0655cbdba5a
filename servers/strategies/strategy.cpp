#include "servers/strategies/strategy.h"

#include <stdexcept>
#include <string>

#include "servers/strategies/lockfile.h"
#include "servers/strategies/none.h"
#include "servers/strategies/pidfile.h"
#include "servers/strategies/port.h"
#include "servers/strategies/reference.h"

namespace pidfall::strategies {

const std::vector<std::string_view>& StrategyNames() {
  static const std::vector<std::string_view> names = {"none", "pidfile", "lockfile", "port",
                                                      "reference"};
  return names;
}

std::unique_ptr<Safeguard> MakeSafeguard(std::string_view strategy, Settings settings) {
  if (strategy == "none") return std::make_unique<NoGuard>(std::move(settings));
  if (strategy == "pidfile") return std::make_unique<PidFile>(std::move(settings));
  if (strategy == "lockfile") return std::make_unique<LockFile>(std::move(settings));
  if (strategy == "port") return std::make_unique<PortGuard>(std::move(settings));
  if (strategy == "reference") return std::make_unique<Reference>(std::move(settings));
  throw std::invalid_argument("no strategy named " + std::string(strategy) +
                              ": none, pidfile, lockfile, port or reference");
}

}  // namespace pidfall::strategies
