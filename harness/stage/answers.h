// Whether the target's start-up is complete.
#pragma once

namespace pidfall {

class Stage;

// True once anything answers on the port: start-up is complete. The content of the answer is not
// looked at. Always true of a target without a TCP port.
bool Answers(const Stage& stage);

}  // namespace pidfall
