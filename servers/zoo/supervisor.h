// Whether a duplicate waits for the owner's end.
#pragma once

#include "servers/zoo/settings.h"

namespace pidfall::zoo {

bool StandsBy(const Settings& settings);

}  // namespace pidfall::zoo
