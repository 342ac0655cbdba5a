#include "servers/strategies/reference.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "guard/console.h"
#include "guard/port.h"

namespace pidfall::strategies {
namespace {

using guard::AwaitFreePort;
using guard::DescribeListener;
using guard::ForLocale;
using guard::Say;

std::string Learned(guard::Previous previous) {
  switch (previous) {
    case guard::Previous::kCrash:
    case guard::Previous::kOtherBoot:
    case guard::Previous::kOtherNamespace:
      return "The last run did not end cleanly";
    case guard::Previous::kGarbage:
      return "The lock file held garbage";
    default:
      return "";
  }
}

}  // namespace

guard::Options Reference::ToOptions() const {
  guard::Options options;
  options.name = settings_.name;
  options.pid_file = settings_.pid_file;
  options.on_duplicate = settings_.on_duplicate;
  options.before_waiting = [name = settings_.name](const guard::Owner& owner) {
    Say(ForLocale("ℹ️  ", name + " already running (PID " + std::to_string(owner.pid) +
                                  "); standing by until it ends"));
  };
  return options;
}

Answer Reference::BeforeBind() {
  instance_ = guard::Acquire(ToOptions());
  if (!*instance_) return {false, guard::Explain(*instance_, settings_.duplicate_exit)};
  if (const std::string learned = Learned(instance_->previous()); !learned.empty()) {
    Say(ForLocale("🧹 ", learned));
  }
  const std::string taken = AwaitFreePort(settings_.host, settings_.port);
  if (taken.empty()) {
    Say(ForLocale("✅ ", "PID file created: " + settings_.pid_file.string()));
    return {};
  }
  instance_->Release();
  Say(ForLocale("❌ ", taken));
  return {false, guard::kStatusUnavailable};
}

Answer Reference::BindFailed(int error) {
  if (instance_) instance_->Release();
  const std::string holder = DescribeListener(settings_.host, settings_.port);
  const std::string port = "Port " + std::to_string(settings_.port);
  Say(ForLocale("❌ ", error == EADDRINUSE && !holder.empty()
                          ? port + " is already in use by " + holder
                          : "Cannot bind port " + std::to_string(settings_.port) + ": " +
                                std::strerror(error)));
  return {false, guard::kStatusUnavailable};
}

void Reference::Serving() {
  if (!instance_) return;
  const auto warn = [](const std::string& what) { Say(ForLocale("⚠️  ", what)); };
  if (!instance_->Watch(warn)) warn("Cannot watch the PID file: its removal will go unnoticed");
}

void Reference::BeforeExit() {
  if (!instance_ || !*instance_) return;
  instance_->Release();
  Say(ForLocale("🧹 ", "PID file removed"));
}

}  // namespace pidfall::strategies
