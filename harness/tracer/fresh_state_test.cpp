#include "harness/tracer/fresh_state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

class FreshStateTest : public testing::Test {
 protected:
  FreshStateTest() { EXPECT_NE(mkdtemp(folder_), nullptr); }
  ~FreshStateTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return std::string(folder_) + "/" + name; }
  Safeguard All() const { return {{folder_}, {Path("x.pid")}, {}}; }
  std::string Left() const { return LeftBehind(All(), 1); }

  char folder_[32] = "/tmp/pidfall-fresh.XXXXXX";
};

TEST_F(FreshStateTest, EveryKindOfFileComesBack) {
  WriteFile(Path("x.pid"), "4000\n");
  chmod(Path("x.pid").c_str(), 0640);
  fs::create_symlink("x.pid", Path("link"));
  fs::create_directory(Path("x.lock"));
  WriteFile(Path("x.lock/pid"), "4000\n");
  ASSERT_EQ(mknod(Path("x.sock").c_str(), S_IFSOCK | 0755, 0), 0);
  const Safeguard safeguard = All();
  const FreshState fresh(safeguard);
  const std::string before = Left();
  for (const char* name : {"x.pid", "link", "x.lock", "x.sock"}) fs::remove_all(Path(name));
  WriteFile(Path("new"), "");
  fresh.Restore();
  EXPECT_EQ(Left(), before);
  EXPECT_FALSE(fs::exists(Path("new")));
}

TEST_F(FreshStateTest, AChangeOfTheModeOrInAFolderIsUndone) {
  WriteFile(Path("x.pid"), "4000\n");
  fs::create_directory(Path("x.lock"));
  const Safeguard safeguard = All();
  const FreshState fresh(safeguard);
  const std::string before = Left();
  chmod(Path("x.pid").c_str(), 0666);
  WriteFile(Path("x.lock/pid"), "5000\n");
  EXPECT_NE(Left(), before);
  fresh.Restore();
  EXPECT_EQ(Left(), before);
}

TEST_F(FreshStateTest, AFileKeepsItsOwner) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  constexpr uid_t kOther = 65534;
  WriteFile(Path("x.pid"), "4000\n");
  ASSERT_EQ(chown(Path("x.pid").c_str(), kOther, kOther), 0);
  const Safeguard safeguard = All();
  const FreshState fresh(safeguard);
  fs::remove(Path("x.pid"));
  fresh.Restore();
  struct stat info {};
  ASSERT_EQ(stat(Path("x.pid").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, kOther);
}

}  // namespace
}  // namespace pidfall
