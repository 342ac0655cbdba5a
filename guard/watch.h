// Notices when the owner's files are removed or replaced, and repairs what it can.
//
// The pid file is published again, unless the file there now names another live process: then a
// person has to decide. A removed lock file is made and locked again, unless another process was
// first; then two owners are possible and the report says so.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "guard/instance_state.h"

namespace pidfall::guard {

// Creating, closing and removing a file are events in the folder, also when we do it: a try that
// failed would cause the next one at once.
inline constexpr std::chrono::milliseconds kTryAgain{1000};

bool StartWatching(Instance::State& state, std::function<void(const std::string&)> report);

}  // namespace pidfall::guard
