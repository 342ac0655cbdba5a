// Watching is not offered on macOS: Instance::Watch() returns false.
#include "guard/watch.h"

namespace pidfall::guard {

bool StartWatching(Instance::State&, std::function<void(const std::string&)>) { return false; }

void Instance::State::StopWatching() {}

}  // namespace pidfall::guard
