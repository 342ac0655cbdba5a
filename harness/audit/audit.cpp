#include "harness/audit/audit.h"

#include <algorithm>
#include <set>
#include <utility>

namespace pidfall {
namespace {

std::set<std::string> PidFilesOf(const std::vector<AuditedService>& services) {
  std::set<std::string> files;
  for (const AuditedService& service : services) {
    if (!service.facts.pid_file.empty()) files.insert(service.facts.pid_file);
  }
  return files;
}

bool HasBreach(const std::vector<Judged>& all) {
  return std::any_of(all.begin(), all.end(), [](const Judged& judged) {
    return std::any_of(judged.results.begin(), judged.results.end(), IsFailure);
  });
}

}  // namespace

Audit AuditPaths(const std::vector<std::string>& paths) {
  Audit audit{.services = ReadServices(paths)};
  const std::vector<AuditedService>& services = audit.services.all;
  const std::set<std::string> pid_files = PidFilesOf(services);
  audit.judged = Judge(services, ReadMachine(pid_files));
  if (HasBreach(audit.judged)) {
    audit.judged = Confirmed(std::move(audit.judged), Judge(services, ReadMachine(pid_files)));
  }
  return audit;
}

std::vector<Result> AllResults(const Audit& audit) {
  std::vector<Result> results;
  for (const Judged& judged : audit.judged) {
    results.insert(results.end(), judged.results.begin(), judged.results.end());
  }
  for (const std::string& why : audit.services.unread) {
    results.push_back({.scenario = "files/readable",
                       .family = "files",
                       .verdict = Verdict::kSkip,
                       .summary = why,
                       .server = "files"});
  }
  return results;
}

}  // namespace pidfall
