#include "harness/stage/cause.h"

#include <cerrno>
#include <regex>

namespace pidfall {
namespace {

const char* WordsFor(int error) {
  switch (error) {
    case EACCES:
      return "permission|denied|eacces|not permitted|not (read|writ)able|unreadable";
    case EADDRINUSE:
      return "\\b(in use|taken|occupied|busy)\\b|already (bound|allocated|listen)|addrinuse";
    case ENOENT:
      return "no ?such ?(file|dir)|enoent|n.t exist|not exist|nonexist|not f(ou|i)nd|missing";
    case ENOSPC:
      return "no space|not enough space|out of space|enospc|\\bfull\\b";
    case EROFS:
      return "read-?only|erofs|not writable";
    default:
      return "$^";
  }
}

}  // namespace

bool SaysCause(std::string output, const std::string& object, int error) {
  for (size_t at = 0; (at = output.find(object, at)) != std::string::npos;) {
    output.erase(at, object.size());
  }
  const std::string number = "(err(no|code|or)?|code)[:= ]*" + std::to_string(error) + "\\b";
  const std::regex says(std::string(WordsFor(error)) + "|" + number, std::regex::icase);
  return std::regex_search(output, says);
}

}  // namespace pidfall
