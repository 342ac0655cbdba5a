#include "harness/faults/program_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace pidfall {
namespace {

namespace fs = std::filesystem;

bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The absolute path without links; empty: the word names no file.
std::string FileNamedBy(const std::string& word, const Target& target, bool is_program) {
  const bool is_path = word.find('/') != std::string::npos;
  if (is_program && !is_path) return fs::canonical(FindProgram(word));
  const fs::path path = fs::path(target.folder) / word;
  return IsFile(path) ? fs::canonical(path).string() : "";
}

// A copy stands in for the next version: another inode, the same behaviour.
void ReplaceByCopy(const std::string& path) {
  const std::string next = path + ".next-version";
  struct stat status {};
  try {
    fs::copy_file(path, next);
    if (stat(path.c_str(), &status) != 0) ThrowErrno("look at " + path);
    if (chown(next.c_str(), status.st_uid, status.st_gid) != 0) ThrowErrno("give away " + next);
    fs::rename(next, path);
  } catch (const std::system_error& error) {
    throw NotApplicable(std::string("its files may not be replaced here: ") + error.what());
  }
}

}  // namespace

ProgramFiles::ProgramFiles(Stage& stage) : stage_(stage), command_(stage.target().command) {
  const bool in_a_view = stage.world().full && stage.target().as_deployed;
  if (!in_a_view) UseCopies();
  for (size_t i = 0; in_a_view && i < command_.size(); ++i) {
    const std::string file = FileNamedBy(command_[i], stage.target(), i == 0);
    if (!file.empty()) files_.push_back(file);
  }
}

// A program that is found by the PATH, an interpreter for example, is not copied.
void ProgramFiles::UseCopies() {
  for (std::string& word : command_) {
    const std::string file = FileNamedBy(word, stage_.target(), false);
    if (file.empty() || word.find('/') == std::string::npos) continue;
    word = stage_.folder() + "/" + fs::path(file).filename().string();
    if (!fs::exists(word)) fs::copy_file(file, word);
    files_.push_back(word);
  }
}

void ProgramFiles::Replace() {
  if (files_.empty()) throw NotApplicable("its command names no file");
  for (const std::string& file : files_) {
    ReplaceByCopy(file);
    stage_.Did("replace " + file + " by a copy of it, by rename");
  }
}

std::vector<std::string> WithWholePaths(const Target& target) {
  std::vector<std::string> command = target.command;
  for (std::string& word : command) {
    const fs::path path = fs::path(target.folder) / word;
    const bool searched = &word == &command.front() && word.find('/') == std::string::npos;
    if (!searched && IsFile(path)) word = path.lexically_normal();
  }
  return command;
}

std::vector<std::string> WithRelativePaths(const Target& target) {
  std::vector<std::string> command = target.command;
  for (std::string& word : command) {
    if (!word.starts_with('/') || !IsFile(word)) continue;
    word = "./" + fs::path(word).lexically_relative(target.folder).string();
  }
  return command;
}

}  // namespace pidfall
