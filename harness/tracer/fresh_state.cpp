#include "harness/tracer/fresh_state.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

bool IsPlainFile(const std::string& path) {
  std::error_code gone;
  return fs::symlink_status(path, gone).type() == fs::file_type::regular;
}

std::string ContentOf(const std::string& path) {
  std::error_code gone;
  if (IsPlainFile(path)) return ReadOrEmpty(path);
  return fs::is_symlink(path, gone) ? fs::read_symlink(path, gone).string() : "";
}

}  // namespace

FreshState::FreshState(const Safeguard& safeguard) : safeguard_(safeguard) {
  for (const std::string& path : safeguard.Present()) contents_[path] = ContentOf(path);
}

void FreshState::Restore() const {
  std::error_code ignored;
  for (const std::string& path : safeguard_.Present()) {
    const auto before = contents_.find(path);
    const bool same = before != contents_.end() && before->second == ContentOf(path);
    if (!same) fs::remove_all(path, ignored);
  }
  for (const auto& [path, content] : contents_) {
    if (!fs::exists(fs::symlink_status(path, ignored))) WriteFile(path, content);
  }
}

std::string LeftBehind(const Safeguard& safeguard, pid_t pid) {
  std::string all;
  for (const std::string& path : safeguard.Present()) {
    std::error_code gone;
    const fs::file_status status = fs::symlink_status(path, gone);
    all += fmt::format("{} {} {:o} {}\n", WithoutPid(safeguard.NameOf(path), pid),
                       static_cast<int>(status.type()), static_cast<unsigned>(status.permissions()),
                       WithoutPid(ContentOf(path), pid));
  }
  return all;
}

}  // namespace pidfall
