// The page's own text: markup, style and script in one, as the build put them together.
//
//   std::string(PageBefore()) + data + PageAfter()
#pragma once

#include <string_view>

namespace pidfall {

// Up to where the data stands, a JSON text that holds no '<'.
std::string_view PageBefore();
std::string_view PageAfter();

}  // namespace pidfall
