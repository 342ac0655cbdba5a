// The advice on a family's breaches, from docs/SERVER-SAFEGUARD-PATTERNS.md, which travels
// inside the program.
//
//   CureOf("path")  // "O_NOFOLLOW | O_NONBLOCK, then fstat: ..."
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

// Empty where the page has no section "## FAMILY" with an "**Instead**:" in it.
std::string CureOf(std::string_view family);
// `page` is Markdown; the text comes without its marks.
std::string CureIn(std::string_view page, std::string_view family);

}  // namespace pidfall
