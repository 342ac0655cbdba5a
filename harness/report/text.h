// Makes any bytes fit to print: what a target wrote must not steer the terminal or break the XML.
//
//   out += CleanText(result.summary);
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

// Valid UTF-8. Control characters save newline and tab, and what reorders or breaks a line, are
// shown by their number: "\x1b", "\u202e". What is not UTF-8 becomes U+FFFD.
std::string CleanText(std::string_view bytes);

// CleanText on one line: newlines and tabs become blanks.
std::string CleanLine(std::string_view bytes);

// CleanText with the five characters that XML reserves written as entities.
std::string XmlText(std::string_view bytes);

// "31 s", "3.8 s", "840 ms".
std::string DurationText(double ms);

// "1 start", "2 starts".
std::string CountText(int count, std::string_view noun);

}  // namespace pidfall
