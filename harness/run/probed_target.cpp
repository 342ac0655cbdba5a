#include "harness/run/probed_target.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/run/discovery.h"
#include "harness/run/probe_rules.h"
#include "harness/sandbox/sandbox.h"

namespace pidfall {
namespace {

Target WithPlaceholders(Target target) {
  constexpr int kAnyPort = 8767;
  if (Mentions(target.command, "{port}") && !target.port) target.port = kAnyPort;
  if (Mentions(target.command, "{pid_file}")) target.pid_file = "{pid_file}";
  return target;
}

// Where only a placeholder says that it has a pid file, it may make another thing of that path: a
// folder whose name begins so, say.
bool IsMistakenForPidFile(const Target& declared, const Found& found) {
  return !declared.pid_file && found.makes_other_thing && !found.lock_file;
}

ProbeFailure FailureOf(const Found& found) {
  if (!found.stays) return ProbeFailure::kNeverServed;
  const bool changes = found.next_port && !found.pid_file && !found.lock_file;
  return changes ? ProbeFailure::kChangesPort : ProbeFailure::kNone;
}

// A fault needs a folder for its file, but a start that makes one as its lock must find none. That
// of a placeholder is the sandbox's.
bool MakesFolder(const Target& declared, const Target& whole) {
  if (!whole.as_deployed || declared.pid_file || !whole.pid_file) return false;
  if (Mentions(whole.command, "{dir}")) return false;
  const std::filesystem::path file(*whole.pid_file);
  std::error_code unknown;
  return file.is_absolute() && !std::filesystem::exists(file.parent_path(), unknown) && !unknown;
}

}  // namespace

ProbeAnswer ProbeTarget(const Target& target, const ProbeOptions& options) {
  Target asked = WithPlaceholders(target);
  asked.as_deployed = FullSandboxWorks();
  if (!options.unsandboxed) RefuseToHarm(asked);
  Found found = Discover(asked);
  const ProbeFailure failure = FailureOf(found);
  if (failure != ProbeFailure::kNone) return {failure, std::move(asked), std::move(found)};
  RefuseOtherPidFile(asked, found);
  if (IsMistakenForPidFile(target, found)) asked.pid_file.reset();
  Target whole = Complete(asked, found);
  whole.makes_folder = MakesFolder(asked, whole);
  return {failure, std::move(whole), std::move(found)};
}

}  // namespace pidfall
