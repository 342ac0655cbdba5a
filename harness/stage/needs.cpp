#include "harness/stage/needs.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "harness/process/launch.h"
#include "harness/sandbox/landlock.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

// "#!/root/.pyenv/bin/python3 -u"; "" where there is none.
std::string InterpreterOf(const std::string& script) {
  std::ifstream in(script);
  std::string mark(2, ' '), interpreter;
  if (!in.read(mark.data(), 2) || mark != "#!") return "";
  in >> interpreter;
  return interpreter;
}

// With every symlink followed: a virtual environment's python is a symlink.
std::vector<std::string> ProgramsOf(const std::vector<std::string>& command) {
  std::error_code missing;
  const std::string program = FindProgram(command.at(0));
  std::vector<std::string> found = {fs::weakly_canonical(program, missing)};
  const std::string interpreter = InterpreterOf(program);
  if (!interpreter.empty()) found.push_back(fs::weakly_canonical(interpreter, missing));
  return found;
}

// The first folder of the path that only its owner or group may enter.
std::string ClosedFolderAbove(const std::string& path) {
  fs::path so_far;
  for (const fs::path& part : fs::path(path).parent_path()) {
    so_far /= part;
    struct stat info {};
    if (stat(so_far.c_str(), &info) == 0 && (info.st_mode & S_IXOTH) == 0) return so_far;
  }
  return "";
}

}  // namespace

void NeedFullSandbox(const Stage& stage, const std::string& what_for) {
  if (stage.world().full) return;
  throw Skip(what_for + " needs namespaces (./pidfall doctor says how to get them)");
}

void CheckNeeds(const Stage& stage, Needs needs) {
  const bool has_user = stage.world().second_user != 0, full = stage.world().full;
  if (Includes(needs, need::kNamespaces)) NeedFullSandbox(stage, "it");
  if (Includes(needs, need::kSecondUser) && !has_user && !LandlockScopesSignals()) {
    throw Skip("a second user needs root, a range in /etc/subuid with newuidmap, or Linux 6.12");
  }
  if (Includes(needs, need::kForeignFile) && !has_user && !full) {
    throw Skip("a file of another user needs root or namespaces (./pidfall doctor)");
  }
}

void SkipIfOutOfReach(const Stage& stage) {
  for (const std::string& program : ProgramsOf(stage.target().command)) {
    const std::string closed = ClosedFolderAbove(program);
    if (closed.empty()) continue;
    throw Skip(fmt::format(
        "an ordinary user may not enter {}, where {} is: install it for everybody, or run pidfall "
        "as the user that the server has",
        closed, program));
  }
}

void NeedKernelFile(const std::string& path, const std::string& what_for) {
  if (access(path.c_str(), F_OK) == 0) return;
  throw Skip(what_for + " needs a kernel with " + path + " (./pidfall doctor)");
}

}  // namespace pidfall
