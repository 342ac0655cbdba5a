#include "harness/supervisor/plist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <plist/plist.h>

#include <cstdlib>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

std::string Xml(const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
         "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
         "<plist version=\"1.0\">\n" +
         body + "\n</plist>\n";
}

PlistValue ParseBody(const std::string& body) { return ParsePlist("agent.plist", Xml(body)); }

// The error's text, as the user sees it.
std::string ErrorOf(const std::string& bytes) {
  try {
    ParsePlist("agent.plist", bytes);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

std::string ErrorOfBody(const std::string& body) { return ErrorOf(Xml(body)); }

std::string ToBinary(const std::string& xml) {
  plist_t root = nullptr;
  plist_from_xml(xml.data(), static_cast<std::uint32_t>(xml.size()), &root);
  char* bytes = nullptr;
  std::uint32_t size = 0;
  plist_to_bin(root, &bytes, &size);
  std::string result(bytes, size);
  std::free(bytes);
  plist_free(root);
  return result;
}

constexpr const char* kAgentPlist =
    "<dict>\n<key>Label</key><string>a</string>\n<key>KeepAlive</key>\n<dict>"
    "<key>SuccessfulExit</key><false/></dict>\n"
    "<key>ProgramArguments</key><array><string>x</string><string>y</string></array>\n"
    "<key>ThrottleInterval</key><integer>-5</integer>\n</dict>";

void ExpectAgent(const PlistValue& agent) {
  EXPECT_EQ(*agent.Find("label")->string(), "a");
  EXPECT_FALSE(*agent.Find("KeepAlive")->Find("SuccessfulExit")->boolean());
  EXPECT_EQ(*agent.Find("ProgramArguments")->array()->at(1).string(), "y");
  EXPECT_EQ(*agent.Find("ThrottleInterval")->integer(), -5);
  EXPECT_EQ(agent.Find("RunAtLoad"), nullptr);
}

TEST(Plist, XmlAndBinaryReadTheSame) {
  ExpectAgent(ParseBody(kAgentPlist));
  ExpectAgent(ParsePlist("agent.plist", ToBinary(Xml(kAgentPlist))));
}

TEST(Plist, ValueInXmlKnowsItsLine) {
  const PlistValue agent = ParseBody(kAgentPlist);
  EXPECT_EQ(agent.Find("Label")->line, 5);
  EXPECT_EQ(agent.Find("KeepAlive")->line, 7);
  EXPECT_EQ(agent.Find("ThrottleInterval")->line, 9);
}

TEST(Plist, IntegerJunkIsRefusedWithItsLine) {
  for (const char* junk : {"7abc", "", "0x", "1.5", "99999999999999999999", "010", "--1", "1 2"}) {
    const std::string error =
        ErrorOfBody(std::string("<dict>\n<key>T</key>\n<integer>") + junk + "</integer></dict>");
    EXPECT_EQ(error, std::string("agent.plist:6: '") + junk + "' is not an integer");
  }
}

TEST(Plist, IntegerFormsAreRead) {
  EXPECT_EQ(*ParseBody("<integer> 7 </integer>").integer(), 7);
  EXPECT_EQ(*ParseBody("<integer>0x10</integer>").integer(), 16);
  EXPECT_EQ(*ParseBody("<integer>-9</integer>").integer(), -9);
}

TEST(Plist, BrokenXmlNamesTheLine) {
  EXPECT_EQ(ErrorOfBody("<dict>\n<key>A</key><true/>\n</array>"), "agent.plist:6: mismatched tag");
  EXPECT_EQ(ErrorOf("<plist>\n<dict>"), "agent.plist:2: no element found");
  EXPECT_EQ(ErrorOf("hello"), "agent.plist:1: syntax error");
  EXPECT_EQ(ErrorOf(""), "agent.plist: is empty");
}

TEST(Plist, WrongStructureIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"<dict><true/></dict>", "a value without a key"},
      {"<dict><key>A</key></dict>", "the last key of a dict has no value"},
      {"<dict><key>A</key><key>B</key><true/></dict>", "two keys without a value between them"},
      {"<dict><key>A</key><TRUE/></dict>", "unknown element TRUE"},
      {"<array><key>A</key></array>", "a key outside a dict"},
      {"<true/><true/>", "a second value beside the first"},
      {"", "an empty property list"},
      {"<string><true/></string>", "true inside string"},
      {"<dict>junk</dict>", "text directly inside dict"},
      {"<dict><key>A</key><true/><key>A</key><false/></dict>", "A is already on line 4"},
      {"<real>1.5x</real>", "'1.5x' is not a number"},
  };
  for (const auto& [body, reason] : cases) {
    EXPECT_THAT(ErrorOfBody(body), HasSubstr(reason));
  }
}

TEST(Plist, EntitiesAreRefused) {
  EXPECT_EQ(ErrorOf("<!DOCTYPE plist [\n<!ENTITY a \"b\">]>\n<plist><string>&a;</string></plist>"),
            "agent.plist:2: declares the entity a; entities are refused");
  EXPECT_EQ(ErrorOfBody("<string>&nbsp;</string>"), "agent.plist:4: unknown entity nbsp");
}

TEST(Plist, TooDeepIsRefused) {
  std::string deepest = "<true/>";
  for (int i = 1; i < kMaxPlistLevels; ++i) deepest.insert(0, "<array>").append("</array>");
  EXPECT_EQ(ErrorOfBody(deepest), "none");
  EXPECT_EQ(ErrorOf(ToBinary(Xml(deepest))), "none");
  const std::string deeper = "<array>" + deepest + "</array>";
  EXPECT_EQ(ErrorOfBody(deeper), "agent.plist:4: more than 64 levels");
  EXPECT_EQ(ErrorOf(ToBinary(Xml(deeper))), "agent.plist: more than 64 levels");
}

TEST(Plist, TooLargeIsRefused) {
  EXPECT_EQ(ErrorOf(std::string(kMaxPlistBytes + 1, ' ')), "agent.plist: more than 1 MiB");
}

TEST(Plist, MissingFileSaysWhy) {
  try {
    ReadPlist("/nonexistent/agent.plist");
    FAIL();
  } catch (const BadInput& error) {
    EXPECT_STREQ(error.what(), "/nonexistent/agent.plist: No such file or directory");
  }
}

TEST(Plist, FolderSaysWhy) { EXPECT_THROW(ReadPlist("/tmp"), BadInput); }

TEST(BinaryPlist, CutAnywhereIsRefused) {
  const std::string whole = ToBinary(Xml(kAgentPlist));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_NE(ErrorOf(whole.substr(0, size)), "none") << size;
  }
  EXPECT_EQ(ErrorOf(whole.substr(0, 20)),
            "agent.plist: not a readable binary plist: cut short at offset 20");
}

// No assertion on the values: every damaged byte must end in a value or an error.
TEST(BinaryPlist, AnyByteDamagedEndsInAValueOrAnError) {
  const std::string whole = ToBinary(Xml(kAgentPlist));
  for (std::size_t at = 6; at < whole.size(); ++at) {
    for (const unsigned char byte : {0x00, 0x01, 0x0F, 0x13, 0x1F, 0x5F, 0x7F, 0xA1, 0xDF, 0xFF}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(byte);
      ErrorOf(damaged);
    }
  }
}

// Thirty arrays, each naming the next one twice: 2^30 values once expanded.
TEST(BinaryPlist, ObjectsSharedExponentiallyAreRefused) {
  constexpr int kArrays = 30;
  std::string bytes = "bplist00";
  std::string offsets;
  for (int i = 0; i < kArrays; ++i) {
    offsets += static_cast<char>(bytes.size());
    bytes += {static_cast<char>(0xA2), static_cast<char>(i + 1), static_cast<char>(i + 1)};
  }
  offsets += static_cast<char>(bytes.size());
  bytes += '\x09';
  const char table = static_cast<char>(bytes.size());
  bytes += offsets;
  bytes += std::string(6, '\0') + "\x01\x01" + std::string(7, '\0') + char{kArrays + 1} +
           std::string(8, '\0') + std::string(7, '\0') + table;
  EXPECT_EQ(ErrorOf(bytes), "agent.plist: more than 65536 values");
}

}  // namespace
}  // namespace pidfall
