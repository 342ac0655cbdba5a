// A sandbox changes nothing outside: for every kernel file that it shows, access(2) says whether it
// can be written, as root and as an ordinary user. access(2) opens nothing: where this test fails,
// the machine must not be harmed.
#include "harness/sandbox/kernel_files.h"

#include <fcntl.h>
#include <ftw.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/keyctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "harness/process/clone.h"
#include "harness/run/pool.h"
#include "harness/sandbox/mount_points.h"
#include "harness/sandbox/sandbox.h"
#include "harness/sandbox/system_log.h"

namespace pidfall {
namespace {

constexpr Duration kAskBound = std::chrono::seconds(60);
constexpr size_t kListed = 2000;  // characters of a failure message

// Global: nftw(3) has no argument for it.
std::string g_found;

bool IsPrivate(const std::string& path) {
  const std::string proc = "/proc/";
  if (IsBelow(path, "/proc/sys/net") || path == "/proc/sys/net") return true;
  return path.starts_with(proc) && isdigit(static_cast<unsigned char>(path[proc.size()])) != 0;
}

bool CanWrite(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

// Sets the mode that the file already has: nothing changes where it works.
bool CanChangeMode(const std::string& path, const struct stat& info) {
  return chmod(path.c_str(), info.st_mode & 07777) == 0;
}

void AskOne(const std::string& path, const struct stat& info) {
  if (CanWrite(path)) g_found += path + " can be written\n";
  if (CanChangeMode(path, info)) g_found += path + " can get another mode\n";
}

int Ask(const char* path, const struct stat* info, int, FTW*) {
  if (path == std::string("/proc") || S_ISLNK(info->st_mode)) return FTW_CONTINUE;
  if (IsPrivate(path)) return S_ISDIR(info->st_mode) ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
  AskOne(path, *info);
  return FTW_CONTINUE;
}

void AskAllBelow(const std::string& folder) {
  constexpr int kDescriptors = 32;
  nftw(folder.c_str(), Ask, kDescriptors, FTW_PHYS | FTW_ACTIONRETVAL);
}

// A write to a device such as /dev/null changes nothing.
void AskDevice(const std::filesystem::directory_entry& entry) {
  static const std::set<std::string> kHarmless = {"null",   "zero",    "full",
                                                  "random", "urandom", "tty"};
  const std::string path = entry.path();
  struct stat info {};
  if (entry.is_symlink() || entry.is_directory() || stat(path.c_str(), &info) != 0) return;
  if (!kHarmless.contains(entry.path().filename())) g_found += path + " is the machine's\n";
  if (CanChangeMode(path, info)) g_found += path + " can get another mode\n";
}

void AskDevices() {
  const auto options = std::filesystem::directory_options::skip_permission_denied;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("/dev", options)) {
    const std::string path = entry.path();
    if (IsBelow(path, "/dev/pts") || IsBelow(path, "/dev/shm") || path == kSystemLogPath) continue;
    AskDevice(entry);
  }
}

std::string WhatGetsOut() {
  g_found = "asked\n";
  for (const MountPoint& point : MountPoints()) {
    if (IsMadeUp(point.type) && !(point.path + "/").starts_with("/dev/")) AskAllBelow(point.path);
  }
  AskDevices();
  return g_found.substr(0, kListed);
}

std::string TellIn(const SandboxOptions& options,
                   const std::function<std::string(const World&)>& story) {
  return RunStory({.sandbox = options, .tell = story, .bound = kAskBound}).get<std::string>();
}

struct Who {
  const char* name;
  bool as_deployed;
  bool ordinary;
};

void PrintTo(const Who& who, std::ostream* out) { *out << who.name; }

class NothingGetsOutTest : public testing::TestWithParam<Who> {
 protected:
  void SetUp() override {
    if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  }

  static std::string In(const std::function<std::string()>& story) {
    const auto as_asked = [&](const World& world) {
      if (!GetParam().ordinary || world.ordinary_user == geteuid()) return story();
      if (setresuid(world.ordinary_user, world.ordinary_user, world.ordinary_user) != 0) {
        ThrowErrno("become an ordinary user");
      }
      return story();
    };
    return TellIn({.as_deployed = GetParam().as_deployed}, as_asked);
  }
};

TEST_P(NothingGetsOutTest, NoFileOfTheKernelsCanBeWritten) {
  EXPECT_EQ(In(WhatGetsOut), "asked\n");
}

TEST_P(NothingGetsOutTest, AnOpenThatWouldWriteASettingFails) {
  EXPECT_THAT(In([] {
                const int fd = open("/proc/sys/vm/swappiness", O_WRONLY | O_CLOEXEC);
                return std::string(fd < 0 ? "refused" : "open");
              }),
              "refused");
}

TEST_P(NothingGetsOutTest, NoControlGroupIsMade) {
  if (!std::filesystem::exists("/sys/fs/cgroup")) GTEST_SKIP() << "no control groups here";
  const std::string told = In([] {
    std::string made = "made: ";
    for (const MountPoint& point : MountPoints()) {
      const std::string group = point.path + "/pidfall-canary";
      if (!point.type.starts_with("cgroup") || mkdir(group.c_str(), 0755) != 0) continue;
      rmdir(group.c_str());
      made += group + " ";
    }
    return made;
  });
  EXPECT_EQ(told, "made: ");
}

TEST_P(NothingGetsOutTest, TheSandboxHasItsOwnSessionKeys) {
  const auto session = [] {
    return std::to_string(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1));
  };
  const std::string outside = session();
  if (outside == "-1") GTEST_SKIP() << "a kernel without keys";
  EXPECT_NE(In(session), outside);
}

INSTANTIATE_TEST_SUITE_P(Users, NothingGetsOutTest,
                         testing::Values(Who{"Bare", false, false}, Who{"Deployed", true, false},
                                         Who{"BareOrdinary", false, true},
                                         Who{"DeployedOrdinary", true, true}),
                         [](const auto& who) { return std::string(who.param.name); });

class OwnKernelFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  }
};

// The network is private: all of its settings stay writable.
TEST_F(OwnKernelFilesTest, TheNetworksSettingsCanBeWritten) {
  const std::string told = TellIn({.as_deployed = true}, [](const World&) {
    WriteFile("/proc/sys/net/ipv4/ip_local_port_range", "20000\t20010\n");
    return ReadFile("/proc/sys/net/ipv4/ip_local_port_range");
  });
  EXPECT_EQ(told, "20000\t20010\n");
}

TEST_F(OwnKernelFilesTest, AProcessMaySetItsOwn) {
  const std::string told = TellIn({.as_deployed = true}, [](const World&) {
    WriteFile("/proc/self/oom_score_adj", "500");
    return ReadFile("/proc/self/oom_score_adj");
  });
  EXPECT_EQ(told, "500\n");
}

// The harness needs it for itself.
TEST_F(OwnKernelFilesTest, TheHarnessStillChoosesTheNextPid) {
  const std::string told = TellIn({}, [](const World&) {
    SetLastPid(4000);
    const Child child = Clone({}, [] { return 0; });
    Reap(child);
    return std::to_string(child.pid);
  });
  EXPECT_EQ(told, "4001");
}

}  // namespace
}  // namespace pidfall
