#include "harness/observe/cause.h"

#include <cerrno>
#include <regex>
#include <system_error>

namespace pidfall {
namespace {

// The words for the error, as one pattern.
std::string WordsFor(int error) {
  switch (error) {
    case EACCES:
      return "permission|denied|eacces|not permitted|not (read|writ)able|unreadable";
    case EADDRINUSE:
      return "\\b(in use|taken|occupied|busy)\\b|already (used|bound|allocated|listen)|addrinuse";
    case ENOENT:
      return "no ?such ?(file|dir|path)|enoent|n.t exist|not exist|non-?exist|not f(ou|i)nd";
    case ENOSPC:
      return "no space|not enough (disk )?space|out of space|enospc|(disk|device|is) full";
    case EROFS:
      return "read[- ]?only|erofs|not writable";
    default:
      return std::generic_category().message(error);
  }
}

}  // namespace

bool SaysCause(std::string output, const std::string& object, int error) {
  if (!object.empty()) {
    for (size_t at = 0; (at = output.find(object, at)) != std::string::npos;) {
      output.erase(at, object.size());
    }
  }
  // Every repetition is bounded: libstdc++ recurses for each.
  const std::string number = "\\b(os error|errno|errcode|code:)[:= ]{0,3}" + std::to_string(error);
  const std::regex says(WordsFor(error) + "|" + number + "\\b", std::regex::icase);
  return std::regex_search(output, says);
}

}  // namespace pidfall
