// The early ends of a story: a scenario throws one of these. A story that throws nothing is a pass.
#pragma once

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "harness/stage/breach_kinds.h"

namespace pidfall {

// A promise is broken: `clause` ("C4"), and the observation in one sentence.
struct Breach : std::runtime_error {
  Breach(std::string broken_clause, const std::string& seen,
         BreachKinds its_kinds = breach_kind::kNone)
      : std::runtime_error(seen),
        clause(std::move(broken_clause)),
        summary(seen),
        kinds(its_kinds) {}
  // The same breach, with its cause before the observation.
  Breach DueTo(const std::string& cause, BreachKinds more = breach_kind::kNone) const {
    return {clause, cause + ": " + summary, kinds | more};
  }

  std::string clause;
  std::string summary;  // whole, where what() ends at a NUL that the target wrote
  BreachKinds kinds;
};

// This machine cannot run it: the text says what is missing, and the cure.
struct Skip : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws Skip for a system call that a container may forbid.
inline void SkipIfForbidden(const std::system_error& error) {
  if (error.code() != std::errc::operation_not_permitted) return;
  throw Skip(std::string(error.what()) + " (./pidfall doctor says what forbids it)");
}

// This target has no such part.
struct NotApplicable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The scenario could not be set up, or a wait that no clause bounds was over.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace pidfall
