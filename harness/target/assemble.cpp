#include "harness/target/assemble.h"

#include <filesystem>

namespace pidfall {
namespace {

template <typename Value>
void TakeIfGiven(Value Target::*member, const Target& given, Target& target) {
  if (given.*member != Target{}.*member) target.*member = given.*member;
}

}  // namespace

Target Assemble(Target described, const Target& given) {
  TakeIfGiven(&Target::command, given, described);
  TakeIfGiven(&Target::port, given, described);
  TakeIfGiven(&Target::pid_file, given, described);
  TakeIfGiven(&Target::health_path, given, described);
  TakeIfGiven(&Target::duplicate_exit, given, described);
  TakeIfGiven(&Target::needs, given, described);
  TakeIfGiven(&Target::stop_command, given, described);
  TakeIfGiven(&Target::status_command, given, described);
  TakeIfGiven(&Target::older_command, given, described);
  TakeIfGiven(&Target::also, given, described);
  if (described.folder.empty()) described.folder = std::filesystem::current_path();
  return described;
}

}  // namespace pidfall
