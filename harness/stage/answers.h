// Whether the target's start-up is complete, and whether it still answers.
#pragma once

#include <string>

#include "harness/probe/endpoint.h"

namespace pidfall {

class Stage;

// True once anything answers on the port: the start-up is complete. The content of the answer does
// not matter. Always true of a target without a TCP port.
bool Answers(const Stage& stage);

// True when the server answers a client that connects, or closes the connection. Stopped, hung and
// orphaned processes have the port open and do neither.
bool AnswersAt(const Endpoint& endpoint, const std::string& path);
// The same for the target's port; true where the target never answered.
bool StillAnswers(const Stage& stage);

}  // namespace pidfall
