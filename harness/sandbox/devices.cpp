#include "harness/sandbox/devices.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

constexpr mode_t kSharedMode = 01777;

void ShowDevice(const std::string& device, const std::string& here) {
  close(open(here.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
  // Where the machine has no such device, the sandbox has none either.
  if (mount(device.c_str(), here.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    (void)remove(here.c_str());
    return;
  }
  // This forbids chmod(2), but not write(2), which goes to the device.
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_RDONLY;
  mount_setattr(AT_FDCWD, here.c_str(), 0, &wanted, sizeof(wanted));
}

void MakeTerminals(const std::string& pts) {
  mkdir(pts.c_str(), 0755);
  mount("devpts", pts.c_str(), "devpts", MS_NOSUID | MS_NOEXEC,
        "newinstance,ptmxmode=0666,mode=0620");
}

std::map<std::string, std::string> StandardLinks() {
  std::map<std::string, std::string> links = {{"ptmx", "pts/ptmx"}, {"fd", "/proc/self/fd"}};
  const char* const names[] = {"stdin", "stdout", "stderr"};
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    links[names[fd]] = "/proc/self/fd/" + std::to_string(fd);
  }
  return links;
}

}  // namespace

std::map<std::string, std::string> MakeDevices(const std::string& dev) {
  for (const std::string name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    ShowDevice("/dev/" + name, std::string(dev).append("/").append(name));
  }
  MakeTerminals(dev + "/pts");
  for (const std::string shared : {"/shm", "/mqueue"}) {
    mkdir((dev + shared).c_str(), kSharedMode);
    chmod((dev + shared).c_str(), kSharedMode);
  }
  std::map<std::string, std::string> made;
  for (const auto& [name, to] : StandardLinks()) {
    std::filesystem::create_symlink(to, std::string(dev).append("/").append(name));
    made["/dev/" + name] = to;
  }
  return made;
}

void ReplaceDevices(const std::string& base) {
  if (mount("pidfall", base.c_str(), "tmpfs", MS_NOSUID, "mode=0755") != 0) {
    ThrowErrno("mount a tmpfs on " + base);
  }
  MakeDevices(base);
  mount("/dev/shm", (base + "/shm").c_str(), nullptr, MS_BIND, nullptr);
  if (mount(base.c_str(), "/dev", nullptr, MS_MOVE, nullptr) != 0) ThrowErrno("replace /dev");
}

}  // namespace pidfall
