#include "harness/report/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0666;  // before the umask

[[noreturn]] void Throw(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), "cannot write " + path);
}

void Refuse(const std::string& path, int error) {
  throw BadInput(fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

// A link is followed: its file is replaced, not the link.
fs::path Destination(const std::string& path) {
  std::error_code error;
  fs::path destination = fs::weakly_canonical(path, error);
  return error ? fs::path(path) : destination;
}

bool IsSpecial(const fs::file_status& status) {
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

// Asks without changing anything: a run that is killed leaves no trace.
void CheckWritable(const std::string& path) {
  std::error_code ignored;
  const fs::path destination = Destination(path);
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) Refuse(path, EISDIR);
  if (fs::exists(status) && access(path.c_str(), W_OK) != 0) Refuse(path, errno);
  if (IsSpecial(status)) return;
  const fs::path folder = destination.has_parent_path() ? destination.parent_path() : ".";
  if (!fs::exists(folder, ignored)) Refuse(path, ENOENT);
  if (!fs::is_directory(folder, ignored)) Refuse(path, ENOTDIR);
  if (access(folder.c_str(), W_OK | X_OK) != 0) Refuse(path, errno);
}

void WriteTo(const std::string& file, int flags, std::string_view text, const std::string& path) {
  const int fd = open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, kMode);
  if (fd < 0) Throw(path);
  try {
    WriteAll(fd, text, path);
  } catch (...) {
    close(fd);
    throw;
  }
  // Network file systems report a full disk only at the close.
  if (close(fd) != 0) Throw(path);
}

void Replace(const fs::path& destination, std::string_view text, const std::string& path) {
  const std::string temporary = fmt::format("{}.{}.tmp", destination.string(), getpid());
  try {
    WriteTo(temporary, O_CREAT | O_EXCL, text, path);
    if (rename(temporary.c_str(), destination.c_str()) != 0) Throw(path);
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (!path_.empty() && !IsStandardOutput()) CheckWritable(path_);
}

void OutputFile::Write(const std::string& text) const {
  if (path_.empty()) return;
  if (IsStandardOutput()) return WriteAll(STDOUT_FILENO, text, "standard output");
  std::error_code ignored;
  if (IsSpecial(fs::status(path_, ignored))) return WriteTo(path_, 0, text, path_);
  Replace(Destination(path_), text, path_);
}

}  // namespace pidfall
