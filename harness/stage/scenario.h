// A scenario: a short story about one target, and the clauses that it tests.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/stage/needs.h"
#include "harness/target/parts.h"

namespace pidfall {

class Stage;

struct Scenario {
  std::string_view id;           // "stale/dead-pid": family/name, never changed once released
  std::string_view clauses;      // "C3 C5": the clauses of guard/CONTRACT.md that it tests
  std::string_view story;        // one sentence for --list: what is done and what must follow
  std::string_view harm;         // the harm of a breach, with a public incident where known
  void (*run)(Stage&);           // throws a type of story_end.h; else it passes
  Parts parts = part::kNone;     // without which it does not concern a target
  Needs needs = need::kNothing;  // of the machine; without, it is skipped before a start
  // The supervisor that it simulates. Where the user has named another one, the outcome is no
  // verdict but a row of a table.
  std::string_view policy = {};

  std::string_view family() const { return id.substr(0, id.find('/')); }
};

}  // namespace pidfall
