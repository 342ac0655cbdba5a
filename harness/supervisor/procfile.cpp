#include "harness/supervisor/procfile.h"

#include <algorithm>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/shell_quote.h"
#include "harness/supervisor/ended_run.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

class ProcfilePolicy : public ServicePolicy {
 public:
  using ServicePolicy::ServicePolicy;

  std::string Describe() const override { return "procfile (foreman, honcho): no restart"; }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "foreman start"};
    return {std::nullopt, HowItEnded(history.back()) + ": foreman ends the other processes too"};
  }

  // engine.rb: TERM, and KILL after five seconds.
  std::optional<SupervisorTime> ExitTimeout() const override { return seconds(5); }
};

// engine.rb, register: a name of letters, digits, _ and -.
bool IsProcfileName(std::string_view name) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

const ProcfileEntry& EntryNamed(const std::string& file, const std::vector<ProcfileEntry>& entries,
                                const std::string& name) {
  if (name.empty() && entries.size() == 1) return entries.front();
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const ProcfileEntry& entry) { return entry.name == name; });
  if (found != entries.end()) return *found;
  if (!name.empty()) throw BadInput(file, 0, "no process is called '" + name + "'");
  throw BadInput(file, 0, "say which process is meant: " + file + "#NAME");
}

}  // namespace

std::unique_ptr<Policy> MakeProcfilePolicy(Service service) {
  return std::make_unique<ProcfilePolicy>(std::move(service));
}

std::vector<ProcfileEntry> ParseProcfile(const std::string& name, const std::string& text) {
  std::vector<ProcfileEntry> entries;
  for (const TextLine& line : LinesOf(text)) {
    const std::string_view entry = Trim(line.text);
    if (entry.empty() || entry.front() == '#') continue;
    const std::size_t colon = entry.find(':');
    const std::string_view label = entry.substr(0, colon);
    if (colon == std::string_view::npos || !IsProcfileName(label)) {
      throw BadInput(name, line.number, "not of the form NAME: COMMAND");
    }
    const std::string_view command = Trim(entry.substr(colon + 1));
    if (command.empty()) throw BadInput(name, line.number, "no command");
    entries.push_back({std::string(label), std::string(command), line.number});
  }
  return entries;
}

std::unique_ptr<Policy> ReadProcfile(const std::string& file, const std::string& entry) {
  return ParseProcfileEntry(file, ReadText(file), entry);
}

std::unique_ptr<Policy> ParseProcfileEntry(const std::string& name, const std::string& text,
                                           const std::string& entry) {
  const std::vector<ProcfileEntry> entries = ParseProcfile(name, text);
  const ProcfileEntry& found = EntryNamed(name, entries, entry);
  return MakeProcfilePolicy(
      {.job = {.label = found.name, .command = ExecutedByShell(found.command)}});
}

}  // namespace pidfall
