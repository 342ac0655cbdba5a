// Makes any bytes printable: a target's output must not control the terminal or break the XML.
//
//   out += CleanText(result.summary);
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

// Valid UTF-8. Control characters except newline and tab, and characters that reorder or break a
// line, are shown by their number: "\x1b", "\u202e". Bytes that are not UTF-8 become U+FFFD.
std::string CleanText(std::string_view bytes);

// Written JSON, with those characters as JSON escapes: outside its texts it has none of them.
std::string JsonWithoutControls(std::string_view json);

// CleanText on one line: newlines and tabs become blanks.
std::string CleanLine(std::string_view bytes);

// CleanText without secrets, and the five characters that XML reserves written as entities.
std::string XmlText(std::string_view bytes);

// "31 s", "3.8 s", "840 ms".
std::string DurationText(double ms);

}  // namespace pidfall
