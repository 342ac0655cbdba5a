// Watching is not offered there yet: Instance::Watch() says so by its result.
#include "guard/watch.h"

namespace pidfall::guard {

bool StartWatching(Instance::State&, std::function<void(const std::string&)>) { return false; }

void Instance::State::StopWatching() {}

}  // namespace pidfall::guard
