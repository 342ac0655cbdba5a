#include "servers/note_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace pidfall::servers {
namespace {

using testing::HasSubstr;

class NoteStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "notes.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ / "notes";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(NoteStoreTest, KeepsAddedChangedAndDeletedNotesOverARestart) {
  {
    NoteStore store(path_);
    store.Add("milk");
    store.Add("bread");
    EXPECT_TRUE(store.Change(1, "oat milk"));
    EXPECT_TRUE(store.Delete(2));
  }
  const auto notes = NoteStore(path_).List();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].id, 1);
  EXPECT_EQ(notes[0].text, "oat milk");
}

TEST_F(NoteStoreTest, NeverUsesAnIdAgain) {
  {
    NoteStore store(path_);
    store.Add("milk");
    store.Delete(1);
  }
  EXPECT_EQ(NoteStore(path_).Add("bread").id, 2);
}

TEST_F(NoteStoreTest, KeepsANewlineInsideANote) {
  NoteStore(path_).Add("one\ntwo");
  EXPECT_EQ(NoteStore(path_).List().at(0).text, "one\ntwo");
}

TEST_F(NoteStoreTest, KnowsNoNoteThatIsNotThere) {
  NoteStore store(path_);
  EXPECT_FALSE(store.Change(1, "milk"));
  EXPECT_FALSE(store.Delete(1));
}

TEST_F(NoteStoreTest, NamesTheLineThatIsNoNoteAndLeavesTheFileAlone) {
  const std::string content = "{\"id\":1,\"text\":\"milk\"}\nbread\n";
  std::ofstream(path_) << content;
  std::string message;
  try {
    NoteStore{path_};
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  EXPECT_THAT(message, HasSubstr(path_ + ":2"));
  EXPECT_EQ(std::filesystem::file_size(path_), content.size());
}

}  // namespace
}  // namespace pidfall::servers
