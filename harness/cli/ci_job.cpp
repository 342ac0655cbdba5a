#include "harness/cli/ci_job.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "harness/cli/print.h"
#include "harness/report/ci_snippet.h"

namespace pidfall {

// Not the files of results, which a job for CI has itself, nor what suits this machine alone.
std::vector<std::string> OptionsForCi(const CLI::App& check) {
  std::vector<std::string> words;
  for (const char* name : {"--scenario", "--except", "--repeat", "--shard", "--time", "--baseline",
                           "--exhaustive", "--no-skip", "--verbose"}) {
    const CLI::Option* option = check.get_option(name);
    const bool is_flag = option->get_items_expected_max() == 0;
    for (const std::string& value : option->results()) {
      words.emplace_back(name);
      if (!is_flag) words.push_back(value);
    }
  }
  return words;
}

void WriteCi(const std::string& kind, const TargetOptions& target_options,
             const std::vector<std::string>& ci_options, const Target& target) {
  if (kind.empty()) return;
  CiCheck check{
      .version = PIDFALL_VERSION, .options = target_options.again, .command = target.command};
  check.options.insert(check.options.end(), ci_options.begin(), ci_options.end());
  Print(stdout, CiSnippet(CiKind(kind), check));
}

}  // namespace pidfall
