#include "harness/observe/all_listeners.h"

#include <algorithm>
#include <iterator>

#include "harness/observe/listeners.h"

namespace pidfall {
namespace {

// `of` without `without`; both sorted.
std::vector<std::string> Difference(const std::vector<std::string>& of,
                                    const std::vector<std::string>& without) {
  std::vector<std::string> rest;
  std::ranges::set_difference(of, without, std::back_inserter(rest));
  return rest;
}

}  // namespace

AllListeners AllListenersOf(const std::vector<pid_t>& processes) {
  AllListeners all{.unix_sockets = UnixListenersOf(processes)};
  for (const Listener& listener : ListenersOf(processes)) {
    if (listener.port < kFirstEphemeralPort) all.ports.push_back(NameOf(listener));
  }
  std::ranges::sort(all.ports);
  return all;
}

std::vector<std::string> Missing(const AllListeners& before, const AllListeners& now) {
  std::vector<std::string> missing = Difference(before.ports, now.ports);
  if (now.unix_sockets.size() < before.unix_sockets.size()) {
    std::ranges::move(Difference(before.unix_sockets, now.unix_sockets),
                      std::back_inserter(missing));
  }
  return missing;
}

}  // namespace pidfall
