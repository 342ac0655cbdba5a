#include "harness/sandbox/mounts.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

void Mount(const char* source, const std::string& target, const char* type, unsigned long flags,
           const char* data = nullptr) {
  if (mount(source, target.c_str(), type, flags, data) != 0) {
    ThrowErrno(std::string("mount ") + source + " on " + target);
  }
}

bool IsFolder(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

void KeepMountsPrivate() { Mount("none", "/", nullptr, MS_REC | MS_PRIVATE); }

void MountFolder(const std::string& folder) {
  Mount("pidfall", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,mode=0755");
}

void BindOver(const std::string& path, const std::string& file) {
  Mount(file.c_str(), path, nullptr, MS_BIND);
}

void BringLoopbackUp() {
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (!fd || ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0) ThrowErrno("bring lo up");
}

std::string ChoosePrivateFolder(const std::vector<std::string>& keep_visible) {
  for (const char* candidate : {"/mnt", "/media", "/srv", "/opt", "/var/tmp", "/tmp"}) {
    const std::string inside = std::string(candidate) + "/";
    const bool hides =
        std::any_of(keep_visible.begin(), keep_visible.end(), [&](const std::string& path) {
          return (path + "/").compare(0, inside.size(), inside) == 0;
        });
    if (!hides && IsFolder(candidate)) return candidate;
  }
  throw std::runtime_error("no folder for the sandbox: create /mnt");
}

}  // namespace pidfall
