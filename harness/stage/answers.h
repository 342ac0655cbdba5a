// Whether the target's start-up is complete, and whether it still answers.
#pragma once

#include <string>

#include "harness/probe/endpoint.h"

namespace pidfall {

class Stage;

// True once anything answers on the port: start-up is complete. The content of the answer is not
// looked at. Always true of a target without a TCP port.
bool Answers(const Stage& stage);

// A client that connects is answered, or the server closes the connection. Stopped, hung and
// orphaned processes have the port open and do neither.
bool AnswersAt(const Endpoint& endpoint, const std::string& path);
// The same of the target's port; true where it was never seen to answer.
bool StillAnswers(const Stage& stage);

}  // namespace pidfall
