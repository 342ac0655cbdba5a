// The options that describe the server, and the probing start that they ask for.
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

#include "harness/run/probed_target.h"
#include "harness/supervisor/described_target.h"
#include "harness/target/target.h"

namespace CLI {
class App;
}

namespace pidfall {

class Outputs;

struct TargetOptions {
  std::string verb;  // "nothing to check"
  Description description;
  bool unsandboxed = false;
  std::optional<std::chrono::seconds> start_timeout;
  Target given;                    // the values of the options
  std::vector<std::string> again;  // those options, for the command that shows a case again
};

void DeclareTarget(CLI::App* app, TargetOptions* options);

// The target as its file describes it. Throws BadInput.
Target Declared(const TargetOptions& options);

// One start of it with the values of the options, in a sandbox; `command` is that of the command
// line. Throws BadInput.
ProbeAnswer AskForTarget(const TargetOptions& options, const Target& declared,
                         const std::vector<std::string>& command);

// For people: why the target cannot be judged.
std::string WhyNot(const ProbeAnswer& answer);

// The same as AskForTarget; empty after a failure, and standard error gets the reason.
std::optional<ProbeAnswer> Probe(const TargetOptions& options, const Target& declared,
                                 const std::vector<std::string>& command);

// Two lines: what was found, and where it runs.
void PrintHead(const Outputs& outputs, const Target& target, const Found& found);

}  // namespace pidfall
