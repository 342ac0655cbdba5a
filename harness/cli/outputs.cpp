#include "harness/cli/outputs.h"

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

}  // namespace

Outputs::Outputs(const CommonOptions& options)
    : json_(options.json),
      junit_(options.junit),
      text_(TextStream(options)),
      paint_(WantsColor(options.color, text_)) {}

void Outputs::Print(const std::string& text) const { pidfall::Print(text_, text); }

void Outputs::WriteFiles(const JsonHead& head, const std::vector<Result>& results,
                         const std::vector<SimulatedFacts>& facts) const {
  json_.Write(JsonText(head, results, facts));
  junit_.Write(JunitText(head.command, results));
}

}  // namespace pidfall
