// Clients of the target: one that visits it, and one that asks whether it still answers.
#pragma once

#include <string>

#include "harness/kernel/endpoint.h"

namespace pidfall {

class Stage;

// A client asks for the health page and reads what comes within half a second. False: nobody
// accepts it. Always true without a TCP port.
bool Visit(const Stage& stage);

// True when the server answers a client that connects, or closes the connection. Stopped, hung and
// orphaned processes have the port open and do neither.
bool AnswersAt(const Endpoint& endpoint, const std::string& path);
// The same for the target's port; true where the target never answered.
bool StillAnswers(const Stage& stage);

}  // namespace pidfall
