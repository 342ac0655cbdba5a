#include "servers/zoo/console.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "servers/zoo/defects.h"
#include "servers/zoo/port.h"
#include "servers/zoo/record.h"

namespace pidfall::zoo {
namespace {

bool speaks_to_system_log = false;

bool WriteLine(int descriptor, std::string_view line) {
  if (speaks_to_system_log) {
    syslog(LOG_NOTICE, "%s", std::string(line).c_str());
    return true;
  }
  const std::string text = std::string(line) + "\n";
  ssize_t written = 0;
  do {
    written = write(descriptor, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  return written == static_cast<ssize_t>(text.size());
}

bool SpeaksUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).find("UTF-8") != std::string_view::npos;
  }
  return false;
}

bool SayWhoRuns(pid_t owner) {
  if (Has(Defect::kNamesNobody)) return Say("ℹ️  zoo already running");
  const std::string pid = std::to_string(owner);
  if (owner <= 0) return Say("ℹ️  zoo already running");
  return Say("ℹ️  zoo already running (PID " + pid + ")\n💡 If stuck, kill it: kill " + pid);
}

}  // namespace

void OpenStandardDescriptors() {
  if (Has(Defect::kMessageDecidesStatus)) return;
  int descriptor = open("/dev/null", O_RDWR);
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = dup(descriptor);
  if (descriptor > STDERR_FILENO) close(descriptor);
}

void SpeakToSystemLog() {
  openlog("zoo", LOG_PID, LOG_DAEMON);
  speaks_to_system_log = true;
}

bool Say(std::string_view line) { return WriteLine(STDOUT_FILENO, line); }
void Complain(std::string_view line) { WriteLine(STDERR_FILENO, line); }

void EndAsDuplicate(const Settings& settings, pid_t owner) {
  if (Has(Defect::kRemovesOnRefusal)) unlink(settings.pid_file.c_str());
  if (Has(Defect::kRewritesOnRefusal)) ReplaceByCopy(settings.pid_file);
  if (Has(Defect::kChmodsOwnerFile)) chmod(settings.pid_file.c_str(), S_IRUSR | S_IWUSR);
  if (Has(Defect::kKillsPortClients)) SignalEveryoneOn(settings.port);
  const bool said = SayWhoRuns(owner) && SpeaksUtf8();
  if (Has(Defect::kMessageDecidesStatus) && !said) _exit(EXIT_FAILURE);
  _exit(settings.duplicate_exit);
}

void SayServing(const Settings& settings) {
  Say("🌐 zoo running on http://localhost:" + std::to_string(settings.port) + "/");
}

void EndAsRunning(const Settings& settings) {
  SayServing(settings);
  _exit(0);
}

void EndAsFailure(const Failure& failure) {
  std::string message = "❌ zoo: " + failure.what + " " + failure.object;
  if (failure.error != 0 && !Has(Defect::kCauseUnsaid)) {
    message += ": " + std::generic_category().message(failure.error);
  }
  Complain(message);
  _exit(Has(Defect::kExitZeroOnFailure) ? 0 : kFailure);
}

}  // namespace pidfall::zoo
