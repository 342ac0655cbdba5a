// The options that describe the server, and the probing start that finds out the rest.
//
//   TargetOptions options{.verb = "check"};
//   DeclareTarget(app, &options);
//   ...
//   const auto probed = Probe(options, Declared(options), command);
//   if (!probed) return kBrokenRun;  // it has printed the reason
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/discovery.h"
#include "harness/target/target.h"

namespace CLI {
class App;
}

namespace pidfall {

class Outputs;

struct TargetOptions {
  std::string verb;  // "nothing to check"
  std::string target_file;
  std::string variant;  // in that file
  std::string policy;
  bool unsandboxed = false;
  std::optional<std::chrono::seconds> start_timeout;
  Target given;                    // the target as the options describe it
  std::vector<std::string> again;  // those options, for the command that shows a case again
};

void DeclareTarget(CLI::App* app, TargetOptions* options);

// The target as its files and options describe it. Throws BadInput.
Target Declared(const TargetOptions& options);

// The file that describes it, a supervisor's before a target file; empty: none does.
std::string DescribingFile(const TargetOptions& options);

struct ProbedTarget {
  Target target;  // complete
  Found found;
};

struct ProbeAnswer {
  std::optional<ProbedTarget> target;
  std::string why_not;  // it never served, or always on another port
};

// One start of it, in a sandbox. Throws BadInput.
ProbeAnswer AskForTarget(const TargetOptions& options, const Target& declared,
                         const std::vector<std::string>& command);

// The same; standard error gets the reason.
std::optional<ProbedTarget> Probe(const TargetOptions& options, const Target& declared,
                                  const std::vector<std::string>& command);

// Two lines: what was found, and where it runs.
void PrintHead(const Outputs& outputs, const Target& target, const Found& found);

}  // namespace pidfall
