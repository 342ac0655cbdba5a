#include "harness/observe/pid_file_search.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <tuple>

#include "harness/observe/file_state.h"
#include "harness/observe/numbers.h"

namespace pidfall {
namespace {

constexpr size_t kLargestPidFile = 4096;
constexpr size_t kLargestLockFile = 64;

size_t LinesThatBeginWith(const std::string& content, pid_t pid) {
  std::istringstream lines(content);
  const std::string number = std::to_string(pid);
  size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    count += HasNumber(line.substr(0, number.size() + 1), pid) ? 1 : 0;
  }
  return count;
}

// The file of an old lock may be removed.
bool IsSmallFile(const std::string& path, size_t largest) {
  std::error_code gone;
  return std::filesystem::is_regular_file(path, gone) &&
         std::filesystem::file_size(path, gone) <= largest && !gone;
}

// A page of a database may hold any text.
std::string TextBeforeNul(const std::string& content) {
  return content.substr(0, content.find('\0'));
}

bool IsCalledSo(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename();
  return name.find("lock") != std::string::npos || name.find("lck") != std::string::npos ||
         name.find("pid") != std::string::npos;
}

}  // namespace

bool LooksLikePidFile(const std::string& path, const std::vector<pid_t>& processes) {
  if (!IsSmallFile(path, kLargestPidFile)) return false;
  const std::string content = TextBeforeNul(ReadState(path).content);
  return std::any_of(processes.begin(), processes.end(), [&](pid_t pid) {
    return HasNumber(content, pid) && LinesThatBeginWith(content, pid) <= 1;
  });
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

std::optional<std::string> FindFileOfNumber(const std::vector<std::string>& written, int number) {
  const auto found = std::ranges::find_if(written, [&](const std::string& path) {
    return IsSmallFile(path, kLargestLockFile) && HasNumber(ReadState(path).content, number);
  });
  if (found == written.end()) return std::nullopt;
  return *found;
}

bool IsBinary(const std::string& path) {
  return ReadState(path).content.find('\0') != std::string::npos;
}

bool EndsLine(const std::string& path) { return ReadState(path).content.ends_with('\n'); }

std::optional<std::string> FindLockFile(const std::vector<HeldLock>& locks) {
  std::optional<std::string> found;
  for (const HeldLock& lock : locks) {
    const bool may_be = lock.kind != "lease" && IsSmallFile(lock.path, kLargestLockFile);
    if (may_be && (!found || (IsCalledSo(lock.path) && !IsCalledSo(*found)))) found = lock.path;
  }
  return found;
}

std::vector<std::string> FindLinks(const std::vector<std::string>& written,
                                   const std::vector<pid_t>& processes) {
  std::vector<std::string> found;
  for (const std::string& path : written) {
    std::error_code no_link;
    const std::string text = std::filesystem::read_symlink(path, no_link);
    const auto names = [&](pid_t pid) { return HasNumber(text, pid); };
    if (!no_link && std::ranges::any_of(processes, names)) found.push_back(path);
  }
  return found;
}

bool IsPlainPidFile(const std::string& path, const std::vector<pid_t>& processes) {
  const std::string content = ReadState(path).content;
  return std::any_of(processes.begin(), processes.end(),
                     [&](pid_t pid) { return IsPlainNumber(content, pid); });
}

}  // namespace pidfall
