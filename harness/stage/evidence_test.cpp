#include "harness/stage/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(EvidenceTest, ARepeatedSightIsWrittenOnce) {
  Evidence evidence;
  evidence.Saw("A serves");
  evidence.Saw("A serves");
  evidence.Did("kill A");
  evidence.Saw("A serves");
  EXPECT_THAT(evidence.lines(), ElementsAre("saw A serves", "did kill A", "saw A serves"));
}

TEST(EvidenceTest, NothingIsWrittenUntilTheLastHushEnds) {
  Evidence evidence;
  {
    const Evidence::Muted outer(evidence);
    { const Evidence::Muted inner(evidence); }
    evidence.Did("start A");
    EXPECT_THAT(evidence.lines(), IsEmpty());
  }
  evidence.Did("start B");
  EXPECT_THAT(evidence.lines(), ElementsAre("did start B"));
}

TEST(EvidenceTest, TheFirstDuplicatesStatusStays) {
  Evidence evidence;
  EXPECT_EQ(evidence.FirstDuplicateStatus(3), 3);
  EXPECT_EQ(evidence.FirstDuplicateStatus(4), 3);
}

}  // namespace
}  // namespace pidfall
