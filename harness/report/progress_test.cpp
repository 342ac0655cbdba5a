#include "harness/report/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// The kernel gives the output in pieces, and EIO when no process has the terminal any more.
std::string AllShown(int master) {
  std::string shown;
  std::array<char, 256> buffer{};
  for (ssize_t size = 0; (size = read(master, buffer.data(), buffer.size())) > 0;) {
    shown.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return shown;
}

TEST(ProgressTest, ATerminalSeesOneLineThatIsErasedAtTheEnd) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(master);
  unlockpt(master);
  {
    const File terminal(std::fopen(ptsname(master), "r+"), &std::fclose);
    Progress progress(terminal.get(), 2);
    progress.Step(ResultOf("stale/zero", Verdict::kPass, {.guard = "pidfile"}));
  }
  EXPECT_EQ(AllShown(master), "\r\x1B[K1/2 pidfile stale/zero\r\x1B[K");
  close(master);
}

// The text that two steps leave in a file; the second one is a breach.
std::string LeftInAFile(std::chrono::seconds between) {
  const File file(std::tmpfile(), &std::fclose);
  Progress progress(file.get(), 2, between);
  progress.Step(ResultOf("stale/zero", Verdict::kPass));
  progress.Step(ResultOf("stale/empty", Verdict::kFail));
  std::string left(static_cast<std::size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(left.data(), 1, left.size(), file.get()), left.size());
  return left;
}

TEST(ProgressTest, AFileGetsPlainLinesNowAndThen) {
  EXPECT_EQ(LeftInAFile(std::chrono::seconds(0)), "1/2 stale/zero\n2/2 stale/empty, 1 breach\n");
  EXPECT_EQ(LeftInAFile(Progress::kBetweenLines), "");
}

TEST(ProgressTest, RateAndTimeLeftFollowFromTheTimeSoFar) {
  using std::chrono::seconds;
  EXPECT_EQ(PaceText(10, 30, seconds(20)), ", 0.5/s, about 40 s left");
  EXPECT_EQ(PaceText(240, 1000, seconds(20)), ", 12/s, about 63 s left");
  EXPECT_EQ(PaceText(3, 6, seconds(60)), ", 3.0/min, about 60 s left");
  EXPECT_EQ(PaceText(2, 30, seconds(20)), "") << "too few to tell by";
  EXPECT_EQ(PaceText(29, 30, seconds(20)), "") << "soon over";
  EXPECT_EQ(PaceText(30, 30, seconds(20)), "");
}

}  // namespace
}  // namespace pidfall
