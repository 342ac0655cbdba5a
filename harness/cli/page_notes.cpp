#include "harness/cli/page_notes.h"

#include <filesystem>
#include <system_error>

#include "harness/cli/explorers.h"
#include "harness/process/program_folder.h"
#include "scenarios/catalogue.h"
#include "scenarios/cure.h"

namespace pidfall {
namespace {

std::string CureWithItsPlace(const std::string& family) {
  const std::string cure = CureOf(family);
  return cure.empty() ? "" : cure + '\n' + PatternsPlace(family);
}

}  // namespace

std::string PatternsPlace(const std::string& family) {
  constexpr char kPage[] = "docs/SERVER-SAFEGUARD-PATTERNS.md";
  std::error_code is_missing;
  const auto installed =
      std::filesystem::canonical(ProgramFolder() + "/../share/doc/pidfall/" + kPage, is_missing);
  return (is_missing ? kPage : installed.string()) + '#' + family;
}

std::string HarmOf(const Result& result) {
  if (const Scenario* scenario = FindScenario(result.scenario)) return std::string(scenario->harm);
  const Explorer* explorer = ExplorerOf(result.family);
  return explorer != nullptr ? std::string(explorer->row.harm) : "";
}

std::map<std::string, PageNote> NotesOn(const std::vector<Result>& results) {
  std::map<std::string, PageNote> notes;
  for (const Result& result : results) {
    PageNote& note = notes[result.scenario];
    note.cure = CureWithItsPlace(result.family);
    note.harm = HarmOf(result);
    if (const Scenario* scenario = FindScenario(result.scenario)) note.story = scenario->story;
  }
  return notes;
}

}  // namespace pidfall
