#include "harness/run/keep.h"

#include <stdlib.h>

#include <filesystem>

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// A file that cannot be copied is left out; the others are copied.
void CopyOne(const fs::path& from, const fs::path& to) {
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(from, ignored);
  if (fs::is_directory(status)) {
    fs::create_directories(to, ignored);
  } else if (fs::is_symlink(status) || fs::is_regular_file(status)) {
    fs::create_directories(to.parent_path(), ignored);
    fs::copy(from, to, fs::copy_options::copy_symlinks, ignored);
  }
}

void CopyAll(const fs::path& from, const fs::path& to) {
  CopyOne(from, to);
  std::error_code error;
  constexpr auto kOptions = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator entry(from, kOptions, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    CopyOne(entry->path(), to / entry->path().lexically_relative(from));
  }
}

}  // namespace

std::string MakeKeptFolder() {
  std::string folder = (fs::temp_directory_path() / "pidfall-kept-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) ThrowErrno("create " + folder);
  return folder;
}

void KeepFiles(const World& world) {
  const fs::path outside = world.outside;
  CopyAll(world.folder, outside / "stage");
  for (const std::string& path : Written(world.view)) {
    if (!path.starts_with(world.folder)) CopyOne(path, outside / ("machine" + path));
  }
}

}  // namespace pidfall
