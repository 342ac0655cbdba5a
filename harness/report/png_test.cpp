#include "harness/report/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using testing::StartsWith;

constexpr char kSvg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>";

class PngTest : public testing::Test {
 protected:
  ~PngTest() override { setenv("PATH", path_.c_str(), 1); }

  std::string path_ = getenv("PATH");
};

TEST_F(PngTest, IsMadeOfAnSvg) {
  try {
    RequirePngMaker();
  } catch (const BadInput& error) {
    GTEST_SKIP() << error.what();
  }
  EXPECT_THAT(PngOf(kSvg), StartsWith("\x89PNG\r\n"));
  EXPECT_THROW(PngOf("no picture"), std::runtime_error);
}

TEST_F(PngTest, NamesThePackageWhereItsMakerIsMissing) {
  setenv("PATH", "/nowhere", 1);
  try {
    RequirePngMaker();
    FAIL() << "it was found";
  } catch (const BadInput& error) {
    EXPECT_STREQ(error.what(),
                 "--picture: rsvg-convert is not installed: apt-get install librsvg2-bin, or name "
                 "a file.svg");
  }
}

}  // namespace
}  // namespace pidfall
