#include "harness/cli/page_notes.h"

#include "scenarios/catalogue.h"
#include "scenarios/cure.h"

namespace pidfall {
namespace {

std::string CureWithItsPlace(const std::string& family) {
  const std::string cure = CureOf(family);
  return cure.empty() ? "" : cure + "\ndocs/SERVER-SAFEGUARD-PATTERNS.md#" + family;
}

}  // namespace

std::map<std::string, PageNote> NotesOn(const std::vector<Result>& results) {
  std::map<std::string, PageNote> notes;
  for (const Result& result : results) {
    PageNote& note = notes[result.scenario];
    note.cure = CureWithItsPlace(result.family);
    if (const Scenario* scenario = FindScenario(result.scenario)) {
      note.story = scenario->story;
      note.harm = scenario->harm;
    }
  }
  return notes;
}

}  // namespace pidfall
