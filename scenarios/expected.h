// The expected verdicts of each strategy, as data: so that a change of behaviour shows.
//
//   const Expected& expected = BuiltInExpected();
//   Judge(expected.For(result.guard, result.scenario), &result);
//
// The file holds a table per exception; everything else is expected to pass.
//
//   [pidfile."duplicate/eight-at-once"]
//   fail = "C1"
//   because = "The check and the write are separate steps."
//
//   [none."stale/*"]          # a whole family; a scenario's own table comes before it
//   na = "keeps no pid file"
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/result.h"

namespace pidfall {

struct Expectation {
  Verdict verdict = Verdict::kPass;  // or kFail, kNotApplicable
  std::string clause;                // of a kFail: the clause that must be seen broken
  std::string because;               // one sentence
};

// "pass", "fail C4", "n/a".
std::string Words(const Expectation& expectation);

// Fills `expected` and `surprise`. A skip is never a surprise: this machine could not judge it. Nor
// is a broken scenario, which is reported anyway.
void Judge(const Expectation& expectation, Result* result);

class Expected {
 public:
  // Throws BadInput with `file` and the line for a text that is not as described above.
  Expected(const std::string& text, std::string file);

  Expectation For(const std::string& guard, const std::string& scenario) const;

  // Throws BadInput for a table whose strategy or scenario does not exist: a renamed scenario must
  // not leave its exception behind.
  void CheckNames(const std::vector<std::string>& guards,
                  const std::vector<std::string>& scenarios) const;

 private:
  struct Entry {
    Expectation expectation;
    int line = 0;
  };
  std::string file_;
  std::map<std::pair<std::string, std::string>, Entry> entries_;  // by strategy and scenario
};

// scenarios/expected.toml, as it was when this program was built.
const Expected& BuiltInExpected();

}  // namespace pidfall
