#include <unistd.h>

#include <string>

#include "guard/console.h"
#include "guard/guard.h"
#include "guard/supervisor.h"

namespace pidfall::guard {
namespace {

std::string PidOf(const Owner& owner) {
  if (owner.pid == 0) return "(PID not known)";
  return "(PID " + std::to_string(owner.pid) + (owner.verified ? ")" : ", not verified)");
}

// A kill hint only for a pid that is the owner's for certain, and only where killing it ends it:
// under a supervisor it would be started again.
std::string Hint(const Options& options, const Owner& owner) {
  if (!owner.verified) {
    return "To see who holds it: pidfall-guard who " + options.pid_file.string();
  }
  const Supervisor by = {owner.supervisor, owner.unit};
  return by.Present() ? HowToEnd(by, geteuid())
                      : "If stuck, kill it: kill " + std::to_string(owner.pid);
}

int ExplainBusy(const Instance& instance, int duplicate_status) {
  const Owner owner = instance.owner();
  Say(ForLocale("ℹ️  ", instance.options().name + " already running " + PidOf(owner)));
  Say(ForLocale("💡 ", Hint(instance.options(), owner)));
  return duplicate_status;
}

int ExplainForbidden(const Instance& instance) {
  Say(ForLocale("❌ ", "Server running as different user " + PidOf(instance.owner())));
  Say(instance.reason());
  return kStatusForbidden;
}

// A standby that gets a stop signal ends cleanly (C12).
int ExplainInterrupted(const Instance& instance) {
  Say(ForLocale("ℹ️  ",
                instance.options().name + " stands by no longer: " + instance.reason()));
  return kStatusInterrupted;
}

int StatusOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kHeldHere:
      return kStatusMisuse;
    case Outcome::kHostile:
      return kStatusHostile;
    case Outcome::kUnsupported:
      return kStatusUnsupported;
    default:
      return kStatusTrouble;
  }
}

}  // namespace

int Explain(const Instance& instance, int duplicate_status) {
  if (instance) return 0;
  if (instance.outcome() == Outcome::kBusy) return ExplainBusy(instance, duplicate_status);
  if (instance.outcome() == Outcome::kForbidden) return ExplainForbidden(instance);
  if (instance.outcome() == Outcome::kInterrupted) return ExplainInterrupted(instance);
  Say(ForLocale("❌ ", "Cannot start " + instance.options().name + ": " + instance.reason()));
  return StatusOf(instance.outcome());
}

}  // namespace pidfall::guard
