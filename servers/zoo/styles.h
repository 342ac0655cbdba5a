// The correct styles besides the default one.
#pragma once

#include <memory>

#include "servers/zoo/guard.h"
#include "servers/zoo/settings.h"

namespace pidfall::zoo {

std::unique_ptr<Guard> MakeFlockOnPidFile(const Settings& settings);
std::unique_ptr<Guard> MakeLockOnly(const Settings& settings);
std::unique_ptr<Guard> MakeAbstractSocket(const Settings& settings);
std::unique_ptr<Guard> MakePortOnly();

}  // namespace pidfall::zoo
