#include "harness/audit/check_order.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/process/launch.h"

namespace pidfall {
namespace {

// The least comes first.
int Rank(const AuditedService& service, const Judged& judged) {
  const auto breaches = std::count_if(judged.results.begin(), judged.results.end(), IsFailure);
  return -2 * static_cast<int>(breaches) - (Loops(service) ? 1 : 0);
}

}  // namespace

std::string ObstacleToCheck(const AuditedService& service) {
  const Job& job = service.policy->job();
  if (!job.image.empty()) return "it runs in a container, from the image " + job.image;
  if (job.is_one_shot) return "it is meant to end by itself";
  if (job.command.empty()) return "no command is configured";
  for (const std::string& word : job.command) {
    if (service.file.ends_with(".service") && word.find_first_of("%$") != std::string::npos) {
      return "systemd fills in '" + word + "' first";
    }
  }
  std::error_code error;
  if (!service.folder.empty() && !std::filesystem::is_directory(service.folder, error)) {
    return "its folder " + service.folder + " is not there";
  }
  try {
    FindProgram(job.command.front());
  } catch (const std::system_error& missing) {
    return missing.what();
  }
  return "";
}

std::vector<const AuditedService*> WorstFirst(const Audit& audit) {
  std::vector<std::pair<int, const AuditedService*>> ranked;
  for (std::size_t i = 0; i < audit.judged.size(); ++i) {
    const AuditedService& service = audit.services.all[i];
    ranked.emplace_back(Rank(service, audit.judged[i]), &service);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& one, const auto& other) { return one.first < other.first; });
  std::vector<const AuditedService*> services;
  services.reserve(ranked.size());
  for (const auto& [rank, service] : ranked) services.push_back(service);
  return services;
}

}  // namespace pidfall
