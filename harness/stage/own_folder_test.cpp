#include "harness/stage/own_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pidfall {
namespace {

namespace fs = std::filesystem;

class OwnFolderTest : public testing::Test {
 protected:
  OwnFolderTest() { fs::create_directories(path_); }
  ~OwnFolderTest() override { fs::remove_all(path_); }

  bool IsThereAfterwards(const OwnFolder& folder) const {
    folder.LeaveToTheStart();
    return fs::exists(path_);
  }

  std::string path_ = testing::TempDir() + "own-folder-" + std::to_string(getpid());
};

TEST_F(OwnFolderTest, AStartFindsNoneThatIsAsItWasMade) {
  EXPECT_FALSE(IsThereAfterwards(OwnFolder(path_)));
}

TEST_F(OwnFolderTest, AFolderThatHoldsAFileStays) {
  const OwnFolder folder(path_);
  std::ofstream(path_ + "/server.pid") << "31\n";
  EXPECT_TRUE(IsThereAfterwards(folder));
}

TEST_F(OwnFolderTest, AFolderWithAnotherModeStays) {
  const OwnFolder folder(path_);
  fs::permissions(path_, fs::perms::owner_read);
  EXPECT_TRUE(IsThereAfterwards(folder));
}

}  // namespace
}  // namespace pidfall
