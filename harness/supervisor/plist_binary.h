// A check that libplist does not make: is every object of this binary property list inside the
// file, and is its total size bounded? libplist recurses without a limit and copies shared objects,
// so a small file could exhaust the stack or the memory.
//
//   CheckBinaryPlist("agent.plist", bytes);   // throws BadInput
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

void CheckBinaryPlist(const std::string& name, std::string_view bytes);

}  // namespace pidfall
