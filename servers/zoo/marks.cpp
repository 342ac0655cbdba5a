#include "servers/zoo/marks.h"

#include <sys/stat.h>
#include <unistd.h>

#include "servers/zoo/defects.h"
#include "servers/zoo/stop.h"

namespace pidfall::zoo {
namespace {

constexpr char kStarting[] = ".starting";
constexpr char kStopping[] = ".stopping";
constexpr char kStopped[] = ".stopped";

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

void Make(const std::string& path) { mkdir(path.c_str(), S_IRWXU); }

}  // namespace

bool MarkBlocks(const std::string& pid_file) {
  if (Exists(pid_file + kStopping) || Exists(pid_file + kStopped)) return true;
  if (!Has(Defect::kStartMarkBlocks)) return false;
  if (Exists(pid_file + kStarting)) return true;
  Make(pid_file + kStarting);
  Dawdle(kWideWindow);
  return false;
}

void MarkServing(const std::string& pid_file) {
  if (Has(Defect::kStartMarkBlocks)) rmdir((pid_file + kStarting).c_str());
}

void MarkStopping(const std::string& pid_file) {
  if (!Has(Defect::kStopMarkBlocks)) return;
  Make(pid_file + kStopping);
  Dawdle(kWideWindow);
}

void MarkStopped(const std::string& pid_file) {
  if (Has(Defect::kStopMarkBlocks)) rmdir((pid_file + kStopping).c_str());
  if (Has(Defect::kLeavesTrapOnStop)) Make(pid_file + kStopped);
}

}  // namespace pidfall::zoo
