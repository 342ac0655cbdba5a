#include "harness/cli/outputs.h"

#include <filesystem>
#include <system_error>

#include "harness/cli/print.h"
#include "harness/input/bad_input.h"
#include "harness/report/junit.h"

namespace pidfall {
namespace {

std::FILE* TextStream(const CommonOptions& options) {
  if (options.json == "-" && options.junit == "-") {
    throw BadInput("--json and --junit cannot both go to standard output");
  }
  return options.json == "-" || options.junit == "-" ? stderr : stdout;
}

// The second would replace the first.
const std::string& Apart(const std::string& junit, const std::string& json) {
  namespace fs = std::filesystem;
  const auto place = [](const std::string& path) {
    std::error_code error;
    return fs::weakly_canonical(fs::absolute(path, error), error);
  };
  const bool same = !json.empty() && json != "-" && !junit.empty() && place(json) == place(junit);
  if (same) throw BadInput("--json and --junit cannot both go to " + json);
  return junit;
}

}  // namespace

Outputs::Outputs(const CommonOptions& options)
    : json_(options.json),
      junit_(Apart(options.junit, options.json)),
      text_(TextStream(options)),
      paint_(WantsColor(options.color, text_)) {}

void Outputs::Print(const std::string& text) const { pidfall::Print(text_, text); }

void Outputs::WriteFiles(const JsonHead& head, const std::vector<Result>& results,
                         const std::vector<SimulatedFacts>& facts) const {
  json_.Write(JsonText(head, results, facts));
  junit_.Write(JunitText(head.command, results));
}

}  // namespace pidfall
