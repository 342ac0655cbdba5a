// Answers every request with a word, until a stop signal comes. `listening` stays open.
#pragma once

#include "servers/zoo/guard.h"

namespace pidfall::zoo {

void Serve(int listening, Guard& guard);

}  // namespace pidfall::zoo
