#include "harness/faults/pid_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/process/fd.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

std::string ContentOf(const Stage& stage) {
  const FileState file = PidFile(stage);
  return file.exists ? file.content : "none";
}

TEST(PidFileFaultTest, AWrittenFileIsTheSameFileAndAReplacedOneAnother) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) -> std::string {
                      WritePidFile(stage, "1");
                      const auto first = PidFile(stage).inode;
                      WritePidFile(stage, "2");
                      if (PidFile(stage).inode != first) return "written anew";
                      ReplacePidFile(stage, "3");
                      return ContentOf(stage) +
                             (PidFile(stage).inode != first ? " in another" : " in the same");
                    }),
            "3 in another");
}

TEST(PidFileFaultTest, ARemovedFileMayBeRemovedAgain) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      WritePidFile(stage, "1");
                      RemovePidFile(stage);
                      RemovePidFile(stage);
                      return ContentOf(stage);
                    }),
            "none");
}

TEST(PidFileFaultTest, TheSafeguardHasTheFilesOfItsNameAndNoOthers) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      WritePidFile(stage, "1");
                      WriteFile(stage.pid_file() + ".lock", "");
                      WriteFile(stage.folder() + "/notes.txt", "mine");
                      RemoveSafeguard(stage);
                      return ContentOf(stage) + ReadOrEmpty(stage.folder() + "/notes.txt") +
                             std::to_string(SafeguardFiles(stage).size());
                    }),
            "nonemine0");
}

TEST(PidFileFaultTest, AnEmptyFolderTakesTheFoldersPlace) {
  const Target target = {.command = {"/bin/true", "{dir}"}, .pid_file = "{pid_file}"};
  const auto rename = [](Stage& stage) {
    WritePidFile(stage, "1");
    RenameFolder(stage);
    return ContentOf(stage);
  };
  EXPECT_EQ(OnStage(target, rename), "none");
  EXPECT_THAT(OnStage(NoServer(), rename), testing::HasSubstr("not the sandbox's own"));
}

}  // namespace
}  // namespace pidfall
