#include "harness/observe/file_state.h"

#include <sys/stat.h>

#include <cctype>
#include <system_error>
#include <tuple>

#include "harness/process/fd.h"

namespace pidfall {

std::string Excerpt(const std::string& content) {
  constexpr size_t kMostShown = 40;
  std::string shown;
  for (const char c : content.substr(0, kMostShown)) {
    shown += c == '\n'                                     ? "\\n"
             : std::isprint(static_cast<unsigned char>(c)) ? std::string(1, c)
                                                           : "?";
  }
  if (content.size() > kMostShown) shown += "... " + std::to_string(content.size()) + " bytes";
  return "\"" + shown + "\"";
}

bool FileState::operator==(const FileState& other) const {
  const auto rest = [](const FileState& s) {
    return std::tie(s.exists, s.content, s.inode, s.mode, s.owner);
  };
  return rest(*this) == rest(other) &&
         (modified_ns == other.modified_ns || (S_ISREG(mode) && content.empty()));
}

std::string FileState::Describe() const {
  return exists ? Excerpt(content) + " (inode " + std::to_string(inode) + ")" : "no file";
}

FileState ReadState(const std::string& path) {
  FileState state;
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return state;
  state = {.exists = true,
           .inode = info.st_ino,
           .mode = info.st_mode,
           .owner = info.st_uid,
           .modified_ns = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec};
  if (!S_ISREG(info.st_mode)) return state;
  try {
    state.content = ReadFile(path);
  } catch (const std::system_error&) {
    state.content = "(unreadable)";
  }
  return state;
}

namespace {

std::string WithoutDigits(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return text;
}

}  // namespace

bool IsLike(const FileState& file, const FileState& other) {
  return WithoutDigits(file.content) == WithoutDigits(other.content);
}

bool IsLikeBeginningOf(const FileState& file, const FileState& other) {
  return WithoutDigits(other.content).starts_with(WithoutDigits(file.content));
}

}  // namespace pidfall
