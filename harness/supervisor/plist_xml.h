// A check that libplist does not make: is this XML a property list, and on which line is each
// value?
//
//   std::vector<int> lines = CheckXmlPlist("agent.plist", text);   // throws BadInput
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

// The line of every value, in the order of the document.
std::vector<int> CheckXmlPlist(const std::string& name, std::string_view text);

}  // namespace pidfall
