#include "servers/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pidfall::servers {
namespace {

constexpr mode_t kOwnerOnly = 0600;

[[noreturn]] void Fail(const std::string& path, const std::string& what, int error) {
  throw std::runtime_error("cannot " + what + " " + path + ": " +
                           std::generic_category().message(error));
}

std::string ReadAll(int file, const std::string& path) {
  std::string content;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = read(file, buffer.data(), buffer.size());
    if (got == 0) return content;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) Fail(path, "read", errno);
    content.append(buffer.data(), static_cast<size_t>(got));
  }
}

// 0 or the errno.
int WriteAll(int file, std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    rest.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

// A new file's name is lost in a power cut until its folder is on the disk too.
void SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

off_t SizeOf(int file) {
  struct stat status {};
  fstat(file, &status);
  return status.st_size;
}

int OpenRegular(const std::string& path) {
  // For reading and writing: then a FIFO at the path does not block the server.
  const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  const int file = open(path.c_str(), flags, kOwnerOnly);
  if (file < 0) Fail(path, "open", errno);
  struct stat status {};
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) return file;
  close(file);
  throw std::runtime_error("cannot keep notes in " + path + ": not a regular file");
}

}  // namespace

Journal::Journal(std::string path) : path_(std::move(path)), file_(OpenRegular(path_)) {
  try {
    ReadLines();
  } catch (...) {
    close(file_);
    throw;
  }
}

Journal::~Journal() { close(file_); }

void Journal::ReadLines() {
  const std::string content = ReadAll(file_, path_);
  if (content.empty()) return SyncFolderOf(path_);
  size_t start = 0;
  for (size_t end = 0; (end = content.find('\n', start)) != std::string::npos; start = end + 1) {
    lines_.push_back(content.substr(start, end - start));
  }
  if (start == content.size()) return;
  if (ftruncate(file_, static_cast<off_t>(start)) != 0) Fail(path_, "cut the torn end of", errno);
  fdatasync(file_);
}

void Journal::Append(std::string_view line) {
  if (broken_) throw std::runtime_error("cannot write " + path_ + ": an earlier write failed");
  const off_t before = SizeOf(file_);
  if (const int error = WriteAll(file_, std::string(line) + '\n'); error != 0) {
    RollBack(before, error);
  }
  if (fdatasync(file_) == 0) return;
  // After a failed sync the kernel may have dropped the pages: only a new start can read what is
  // on the disk.
  broken_ = true;
  RollBack(before, errno);
}

void Journal::RollBack(std::int64_t size, int error) {
  if (ftruncate(file_, static_cast<off_t>(size)) != 0) broken_ = true;
  Fail(path_, "write", error);
}

}  // namespace pidfall::servers
