// The page's own text: markup, style and script, which the build puts together.
//
//   std::string(PageBefore()) + data + PageAfter()
#pragma once

#include <string_view>

namespace pidfall {

// The part before the data, which is a JSON text without '<'.
std::string_view PageBefore();
std::string_view PageAfter();

}  // namespace pidfall
