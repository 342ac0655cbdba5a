#include "servers/zoo/defects.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace pidfall::zoo {
namespace {

TEST(DefectsTest, EachHasOneNoteInTheOrderOfTheEnum) {
  ASSERT_EQ(DefectNotes().size(), static_cast<size_t>(Defect::kCount));
  size_t place = 0;
  for (const DefectNote& note : DefectNotes()) {
    EXPECT_EQ(static_cast<size_t>(note.defect), place++) << note.name;
  }
}

TEST(DefectsTest, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const DefectNote& note : DefectNotes()) {
    EXPECT_TRUE(names.insert(note.name).second) << note.name;
    EXPECT_EQ(FindDefect(note.name), note.defect);
  }
}

TEST(DefectsTest, NotesAreOneSentence) {
  for (const DefectNote& note : DefectNotes()) EXPECT_EQ(note.wrong.back(), '.') << note.name;
}

TEST(DefectsTest, KnowsNoOtherName) { EXPECT_FALSE(FindDefect("haste")); }

TEST(DefectsTest, NoDefectIsChosenByItself) {
  for (const DefectNote& note : DefectNotes()) EXPECT_FALSE(Has(note.defect)) << note.name;
  Choose(Defect::kShadow);
  EXPECT_TRUE(Has(Defect::kShadow));
  EXPECT_FALSE(Has(Defect::kReuseport));
}

}  // namespace
}  // namespace pidfall::zoo
