// An ordinary user has the same rights in the view as outside.
#include "harness/sandbox/foreign.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "harness/process/clone.h"
#include "harness/run/pool.h"
#include "harness/sandbox/sandbox.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

constexpr Duration kRightsBound = std::chrono::seconds(20);
constexpr uid_t kUser = 61006;
constexpr gid_t kItsOtherGroup = 61007;

void BecomeUserWithTwoGroups() {
  if (setgroups(1, &kItsOtherGroup) != 0 || setresgid(kUser, kUser, kUser) != 0 ||
      setresuid(kUser, kUser, kUser) != 0) {
    ThrowErrno("become an ordinary user");
  }
  prctl(PR_SET_DUMPABLE, 1);
}

// Each is one step of a safeguard; the answer is the step's result.
std::string Try(const char* name, const std::function<int()>& step) {
  return std::string(name) + ": " + (step() < 0 ? strerror(errno) : "done") + "\n";
}

std::string TryAllIn(const std::string& folder, bool also_others) {
  const auto at = [&](const char* name) { return folder + "/" + name; };
  std::string told;
  told += Try("create", [&] { return open(at("new").c_str(), O_CREAT | O_EXCL | O_RDWR, 0644); });
  told += Try("rename", [&] { return rename(at("new").c_str(), at("renamed").c_str()); });
  told += Try("remove", [&] { return unlink(at("renamed").c_str()); });
  told += Try("write 0666", [&] { return open(at("for-all").c_str(), O_RDWR); });
  told += Try("write 0644", [&] { return open(at("for-root").c_str(), O_RDWR); });
  told += Try("read 0644", [&] { return open(at("for-root").c_str(), O_RDONLY); });
  told += Try("truncate", [&] { return truncate(at("for-all").c_str(), 0); });
  if (also_others) told += Try("remove another's", [&] { return unlink(at("for-all").c_str()); });
  return told;
}

struct Spot {
  const char* name;
  mode_t mode;
  gid_t group;
};

void PrintTo(const Spot& spot, std::ostream* out) { *out << spot.name; }

class ForeignFolderTest : public testing::TestWithParam<Spot> {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root can make another's folder";
    if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
    std::string name = "/var/pidfall-foreign-XXXXXX";
    folder_ = mkdtemp(name.data());
    for (const auto& [file, mode] : {std::pair("for-all", 0666), std::pair("for-root", 0644)}) {
      WriteFile(folder_ + "/" + file, "31");
      chmod((folder_ + "/" + file).c_str(), mode);
    }
    ASSERT_EQ(chown(folder_.c_str(), 0, GetParam().group), 0);
    chmod(folder_.c_str(), GetParam().mode);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  // As the user, in a harness of its own: so remembered answers are that user's.
  static std::string As(const std::function<std::string()>& ask) {
    Pipe answer = MakePipe();
    const Child child = Clone({}, [&] {
      BecomeUserWithTwoGroups();
      WriteAll(answer.write.get(), ask(), "the answer");
      return 0;
    });
    answer.write.Reset();
    std::string told(4096, '\0');
    const ssize_t n = read(answer.read.get(), told.data(), told.size());
    Reap(child);
    return told.substr(0, static_cast<size_t>(std::max<ssize_t>(n, 0)));
  }

  // By a program of the user: the director itself has capabilities.
  static std::string InSandbox(const SandboxOptions& options,
                               const std::function<std::string()>& ask) {
    return As([&] {
      const auto story = [&](const World&) {
        Pipe answer = MakePipe();
        const Child child = Clone({}, [&] {
          DropAllCapabilities();
          WriteAll(answer.write.get(), ask(), "the answer");
          return 0;
        });
        answer.write.Reset();
        Reap(child);
        std::string told(4096, '\0');
        const ssize_t n = read(answer.read.get(), told.data(), told.size());
        return told.substr(0, static_cast<size_t>(std::max<ssize_t>(n, 0)));
      };
      return RunStory({.sandbox = options, .tell = story, .bound = kRightsBound})
          .get<std::string>();
    });
  }

  std::string folder_;
};

TEST_P(ForeignFolderTest, EachStepEndsAsItDoesOutside) {
  // In a sticky folder the owner of the layer may remove another user's copy.
  const bool also_others = (GetParam().mode & S_ISVTX) == 0;
  const auto ask = [&] { return TryAllIn(folder_, also_others); };
  const std::string inside = InSandbox({.as_deployed = true}, ask);
  EXPECT_EQ(inside, As(ask));
}

TEST_P(ForeignFolderTest, EachStepEndsAsOutsideInAFolderThatIsNamed) {
  const bool also_others = (GetParam().mode & S_ISVTX) == 0;
  const auto ask = [&] { return TryAllIn(folder_, also_others); };
  const std::string inside = InSandbox({.as_deployed = true, .own_layer = {folder_}}, ask);
  EXPECT_EQ(inside, As(ask));
}

INSTANTIATE_TEST_SUITE_P(Modes, ForeignFolderTest,
                         testing::Values(Spot{"Roots", 0755, 0}, Spot{"Sticky", 01777, 0},
                                         Spot{"ForAll", 0777, 0},
                                         Spot{"GroupWritable", 02775, kItsOtherGroup},
                                         Spot{"GroupOnly", 0770, kItsOtherGroup},
                                         Spot{"OthersGroup", 02775, 0}),
                         [](const auto& spot) { return std::string(spot.param.name); });

class SystemFolderTest : public ForeignFolderTest {};

TEST_P(SystemFolderTest, MayNotBeWrittenByAnOrdinaryUser) {
  const auto ask = [] {
    std::string told;
    for (const std::string folder : {"", "/etc", "/run", "/usr", "/opt", "/srv", "/boot", "/var"}) {
      const std::string file = folder + "/pidfall-canary";
      if (!folder.empty() && !fs::is_directory(folder)) continue;
      told += Try(file.c_str(), [&] { return open(file.c_str(), O_CREAT | O_RDWR, 0644); });
    }
    return told;
  };
  for (const std::string named : {"/etc", "/run", "/srv", "/"}) {
    EXPECT_EQ(InSandbox({.as_deployed = true, .own_layer = {named}}, ask), As(ask)) << named;
  }
}

INSTANTIATE_TEST_SUITE_P(Once, SystemFolderTest, testing::Values(Spot{"Roots", 0755, 0}),
                         [](const auto& spot) { return std::string(spot.param.name); });

}  // namespace
}  // namespace pidfall
