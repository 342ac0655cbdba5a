#include "harness/cli/outputs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "harness/cli/print.h"
#include "harness/input/bad_input.h"
#include "harness/report/junit.h"
#include "harness/report/sarif.h"

namespace pidfall {
namespace {

struct Wish {
  const char* option;
  std::string path;
};

bool IsOneFile(const std::string& one, const std::string& other) {
  namespace fs = std::filesystem;
  const auto place = [](const std::string& path) {
    std::error_code error;
    return fs::weakly_canonical(fs::absolute(path, error), error);
  };
  return !one.empty() && !other.empty() && (one == other || place(one) == place(other));
}

// The second would replace the first.
void RefuseOneFileForTwo(const std::vector<Wish>& wishes) {
  for (auto one = wishes.begin(); one != wishes.end(); ++one) {
    for (auto other = one + 1; other != wishes.end(); ++other) {
      if (!IsOneFile(one->path, other->path)) continue;
      const std::string place = one->path == "-" ? "standard output" : one->path;
      throw BadInput(std::string(one->option) + " and " + other->option + " cannot both go to " +
                     place);
    }
  }
}

std::FILE* TextStream(const CommonOptions& options) {
  const std::vector<Wish> wishes = {{"--json", options.json},
                                    {"--junit", options.junit},
                                    {"--sarif", options.sarif},
                                    {"--html", options.html},
                                    {"--write-ci", options.ci.empty() ? "" : "-"}};
  RefuseOneFileForTwo(wishes);
  const bool is_taken =
      std::any_of(wishes.begin(), wishes.end(), [](const Wish& wish) { return wish.path == "-"; });
  return is_taken ? stderr : stdout;
}

}  // namespace

Outputs::Outputs(const CommonOptions& options)
    : text_(TextStream(options)),
      paint_(WantsColor(options.color, text_)),
      json_(options.json),
      junit_(options.junit),
      sarif_(options.sarif),
      html_(options.html) {}

void Outputs::Print(const std::string& text) const { pidfall::Print(text_, text); }

void Outputs::WriteFiles(const JsonHead& head, const std::vector<Result>& results,
                         const std::map<std::string, PageNote>& notes,
                         const std::vector<SimulatedFacts>& facts) const {
  json_.Write(JsonText(head, results, facts));
  junit_.Write(JunitText(head.command, results));
  sarif_.Write(SarifText(head, results, notes));
  html_.Write(HtmlText(head, results, facts, notes));
}

}  // namespace pidfall
