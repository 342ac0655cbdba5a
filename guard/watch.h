// Noticing that somebody removes or replaces the owner's files, and repairing what it can.
//
// The pid file is published again, unless what lies there now names another live process: then
// only a person can tell who is right. A lock file that is gone is made again and locked again,
// if nobody else was first; if somebody was, two owners are possible and the report says so.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "guard/instance_state.h"

namespace pidfall::guard {

// Making a file, closing one and removing one are events in the folder, also when we do it: a try
// that failed would bring on the next at once.
inline constexpr std::chrono::milliseconds kTryAgain{1000};

bool StartWatching(Instance::State& state, std::function<void(const std::string&)> report);

}  // namespace pidfall::guard
