#include "harness/report/output_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string Content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    std::string name = testing::TempDir() + "pidfall-output-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~OutputFileTest() override { fs::remove_all(folder_); }

  std::size_t Entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }
  fs::path folder_;
};

TEST_F(OutputFileTest, NothingIsThereBeforeWriteAndOneFileAfter) {
  const OutputFile file(folder_ / "out.json");
  EXPECT_EQ(Entries(), 0U);
  file.Write("{}\n");
  EXPECT_EQ(Content(folder_ / "out.json"), "{}\n");
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(OutputFileTest, AReaderOfTheOldFileKeepsTheOldFile) {
  std::ofstream(folder_ / "out.json") << "old";
  std::ifstream reader(folder_ / "out.json");
  OutputFile(folder_ / "out.json").Write("new");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "old");
  EXPECT_EQ(Content(folder_ / "out.json"), "new");
}

TEST_F(OutputFileTest, ALinkStaysALink) {
  fs::create_symlink("real.json", folder_ / "link.json");
  std::ofstream(folder_ / "real.json") << "old";
  OutputFile(folder_ / "link.json").Write("new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.json"));
  EXPECT_EQ(Content(folder_ / "real.json"), "new");
}

TEST_F(OutputFileTest, AFifoIsWrittenToNotReplaced) {
  const fs::path fifo = folder_ / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int reader = open(fifo.c_str(), O_RDWR | O_CLOEXEC);  // so that no open waits
  OutputFile(fifo).Write("new");
  EXPECT_TRUE(fs::is_fifo(fifo));
  std::string content(3, ' ');
  EXPECT_EQ(read(reader, content.data(), content.size()), 3);
  EXPECT_EQ(content, "new");
  close(reader);
}

TEST_F(OutputFileTest, RefusesAFolderAndAMissingFolder) {
  EXPECT_THROW(OutputFile{folder_.string()}, BadInput);
  EXPECT_THROW(OutputFile{(folder_ / "no" / "out.json").string()}, BadInput);
  std::ofstream(folder_ / "file") << "";
  EXPECT_THROW(OutputFile{(folder_ / "file" / "out.json").string()}, BadInput);
}

TEST_F(OutputFileTest, RefusesAFolderItMayNotWrite) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  chmod(folder_.c_str(), 0500);
  EXPECT_THROW(OutputFile{(folder_ / "out.json").string()}, BadInput);
  chmod(folder_.c_str(), 0700);
}

TEST_F(OutputFileTest, ReportsAFullDiskAndNamesTheFile) {
  try {
    OutputFile("/dev/full").Write("new");
    FAIL() << "a full disk went unnoticed";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_THAT(std::string(error.what()), HasSubstr("/dev/full"));
  }
}

TEST_F(OutputFileTest, NoPathWritesNowhere) {
  OutputFile("").Write("new");
  EXPECT_EQ(Entries(), 0U);
}

}  // namespace
}  // namespace pidfall
