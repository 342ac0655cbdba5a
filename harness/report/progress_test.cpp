#include "harness/report/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

TEST(ProgressTest, ATerminalSeesOneLineThatGoesAway) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(master);
  unlockpt(master);
  const File terminal(std::fopen(ptsname(master), "r+"), &std::fclose);
  {
    Progress progress(terminal.get(), 2);
    progress.Step(ResultOf("stale/zero", Verdict::kPass, {.guard = "pidfile"}));
  }
  std::array<char, 256> buffer{};
  const auto size = static_cast<std::size_t>(read(master, buffer.data(), buffer.size()));
  EXPECT_EQ(std::string(buffer.data(), size), "\r\x1B[K1/2 pidfile stale/zero\r\x1B[K");
  close(master);
}

TEST(ProgressTest, AFileSeesNothing) {
  const File file(std::tmpfile(), &std::fclose);
  {
    Progress progress(file.get(), 2);
    progress.Step(ResultOf("stale/zero", Verdict::kPass));
  }
  EXPECT_EQ(std::ftell(file.get()), 0);
}

}  // namespace
}  // namespace pidfall
