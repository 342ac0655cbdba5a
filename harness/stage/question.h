// A client's question to whatever has the target's port or unix socket, and whether anybody takes
// it: accepts the client, reads the packet, or answers. A process that only holds the socket does
// none of these.
//
//   const Question question(stage);   // throws std::system_error where nobody listens
//   stage.WaitUntil([&] { return question.IsTaken(); }, bound);
#pragma once

#include <cstddef>
#include <string>

#include "harness/process/fd.h"
#include "harness/stage/stage.h"

namespace pidfall {

class Question {
 public:
  explicit Question(const Stage& stage);
  bool IsTaken() const;

 private:
  bool IsAccepted() const;

  const Stage& stage_;
  std::size_t accepted_before_;  // on the unix socket
  UniqueFd client_;
};

}  // namespace pidfall
