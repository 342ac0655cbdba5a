// docs/SERVER-SAFEGUARD-PATTERNS.md as it was when the program was built.
//
//   PatternsPage().starts_with("# Server safeguard patterns")
#pragma once

#include <string_view>

namespace pidfall {

std::string_view PatternsPage();

}  // namespace pidfall
