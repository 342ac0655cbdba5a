#include "harness/report/paint.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace pidfall {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// Both ends stay open: a terminal whose master is closed does not count as a terminal.
struct Terminal {
  Terminal() : master(posix_openpt(O_RDWR | O_NOCTTY)) {
    grantpt(master);
    unlockpt(master);
    stream = File(std::fopen(ptsname(master), "r+"), &std::fclose);
  }
  ~Terminal() { close(master); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  int master;
  File stream{nullptr, &std::fclose};
};

class PaintTest : public testing::Test {
 protected:
  PaintTest() {
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
  }
  Terminal terminal_;
};

TEST_F(PaintTest, AutoPaintsATerminal) {
  EXPECT_TRUE(WantsColor(ColorMode::kAuto, terminal_.stream.get()));
}

TEST_F(PaintTest, AutoLeavesAFilePlain) {
  const File file(std::tmpfile(), &std::fclose);
  EXPECT_FALSE(WantsColor(ColorMode::kAuto, file.get()));
}

TEST_F(PaintTest, AutoObeysNoColor) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(WantsColor(ColorMode::kAuto, terminal_.stream.get()));
  setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(WantsColor(ColorMode::kAuto, terminal_.stream.get()));
}

TEST_F(PaintTest, AutoLeavesADumbTerminalPlain) {
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(WantsColor(ColorMode::kAuto, terminal_.stream.get()));
}

TEST_F(PaintTest, AlwaysAndNeverIgnoreTheTerminal) {
  setenv("NO_COLOR", "1", 1);
  const File file(std::tmpfile(), &std::fclose);
  EXPECT_TRUE(WantsColor(ColorMode::kAlways, file.get()));
  unsetenv("NO_COLOR");
  EXPECT_FALSE(WantsColor(ColorMode::kNever, terminal_.stream.get()));
}

TEST_F(PaintTest, OffChangesNothing) {
  EXPECT_EQ(Paint(false).Red("FAIL"), "FAIL");
  EXPECT_EQ(Paint(true).Red("FAIL"), "\x1B[31mFAIL\x1B[0m");
}

}  // namespace
}  // namespace pidfall
