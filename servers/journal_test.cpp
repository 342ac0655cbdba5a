#include "servers/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace pidfall::servers {
namespace {

using testing::HasSubstr;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "journal.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ / "notes";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& content) { std::ofstream(path_) << content; }
  std::string Content() const {
    std::stringstream content;
    content << std::ifstream(path_).rdbuf();
    return content.str();
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

using Lines = std::vector<std::string>;

TEST_F(JournalTest, FindsTheAppendedLinesAgain) {
  {
    Journal journal(path_);
    EXPECT_EQ(journal.TakeLines(), Lines{});
    journal.Append("one");
    journal.Append("two");
  }
  EXPECT_EQ(Journal(path_).TakeLines(), (Lines{"one", "two"}));
}

TEST_F(JournalTest, CutsATornLastLine) {
  Write("one\ntwo\nthr");
  Journal journal(path_);
  EXPECT_EQ(journal.TakeLines(), (Lines{"one", "two"}));
  journal.Append("three");
  EXPECT_EQ(Content(), "one\ntwo\nthree\n");
}

// A kill -9 in the middle of a write can leave any prefix.
TEST_F(JournalTest, KeepsEveryWholeLineOfEveryPrefix) {
  const std::string whole = "one\ntwo\n";
  for (size_t length = 0; length <= whole.size(); ++length) {
    Write(whole.substr(0, length));
    const size_t lines = length / 4;
    EXPECT_EQ(Journal(path_).TakeLines().size(), lines) << length;
    EXPECT_EQ(Content(), whole.substr(0, lines * 4)) << length;
  }
}

TEST_F(JournalTest, LosesNoAcknowledgedLineToKill9) {
  int acknowledged[2];
  ASSERT_EQ(pipe(acknowledged), 0);
  const pid_t writer = fork();
  if (writer == 0) {
    Journal journal(path_);
    for (char line = 'a';; line = line == 'z' ? 'a' : static_cast<char>(line + 1)) {
      journal.Append({&line, 1});
      if (write(acknowledged[1], &line, 1) != 1) _exit(1);
    }
  }
  close(acknowledged[1]);
  constexpr size_t kEnough = 50;
  std::string told;
  char line = 0;
  while (told.size() < kEnough && read(acknowledged[0], &line, 1) == 1) told += line;
  kill(writer, SIGKILL);
  while (read(acknowledged[0], &line, 1) == 1) told += line;
  waitpid(writer, nullptr, 0);
  close(acknowledged[0]);

  std::string kept;
  for (const std::string& found : Journal(path_).TakeLines()) kept += found;
  EXPECT_EQ(kept.substr(0, told.size()), told);
  EXPECT_LE(kept.size(), told.size() + 1);
}

TEST_F(JournalTest, LeavesTheFileAsItWasWhenAWriteFailsHalfWay) {
  Journal journal(path_);
  journal.Append("one");
  rlimit usual{};
  getrlimit(RLIMIT_FSIZE, &usual);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit low{6, usual.rlim_max};
  setrlimit(RLIMIT_FSIZE, &low);
  EXPECT_THROW(journal.Append("second"), std::runtime_error);
  setrlimit(RLIMIT_FSIZE, &usual);
  EXPECT_EQ(Content(), "one\n");
  journal.Append("two");
  EXPECT_EQ(Content(), "one\ntwo\n");
}

TEST_F(JournalTest, RefusesAFifoWithoutWaiting) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THROW(Journal{path_}, std::runtime_error);
}

TEST_F(JournalTest, NamesTheFileThatItCannotOpen) {
  const std::string missing = folder_ / "missing" / "notes";
  try {
    Journal journal(missing);
    FAIL() << "opened";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(std::string(error.what()), HasSubstr(missing));
  }
}

}  // namespace
}  // namespace pidfall::servers
