#include "harness/observe/pid_file_search.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <tuple>

#include "harness/observe/file_state.h"
#include "harness/observe/numbers.h"

namespace pidfall {
namespace {

constexpr size_t kLargestPidFile = 4096;

}  // namespace

bool LooksLikePidFile(const std::string& path, const std::vector<pid_t>& processes) {
  std::error_code gone;
  if (!std::filesystem::is_regular_file(path, gone)) return false;
  if (std::filesystem::file_size(path, gone) > kLargestPidFile) return false;
  const std::string content = ReadState(path).content;
  return std::any_of(processes.begin(), processes.end(),
                     [&](pid_t pid) { return HasNumber(content, pid); });
}

bool BeginsWithNumber(const std::string& path, const std::vector<pid_t>& processes) {
  const std::string content = ReadState(path).content;
  const size_t begin = std::min(content.find_first_not_of(" \t\n"), content.size());
  return std::any_of(processes.begin(), processes.end(), [&](pid_t pid) {
    return HasNumber(content.substr(begin, std::to_string(pid).size() + 1), pid);
  });
}

std::optional<std::string> FindPidFile(const std::vector<std::string>& written,
                                       const std::vector<pid_t>& processes) {
  std::vector<std::string> candidates;
  std::copy_if(written.begin(), written.end(), std::back_inserter(candidates),
               [&](const std::string& path) { return LooksLikePidFile(path, processes); });
  if (candidates.empty()) return std::nullopt;
  const auto rank = [&](const std::string& path) {
    return std::tuple(!BeginsWithNumber(path, processes), path.find("pid") == std::string::npos,
                      path.size());
  };
  return *std::min_element(candidates.begin(), candidates.end(),
                           [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

bool IsPlainPidFile(const std::string& path, const std::vector<pid_t>& processes) {
  const std::string content = ReadState(path).content;
  return std::any_of(processes.begin(), processes.end(),
                     [&](pid_t pid) { return IsPlainNumber(content, pid); });
}

}  // namespace pidfall
