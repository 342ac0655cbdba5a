// Whole decimal numbers in a pid file, whatever else it holds.
//
//   ReplaceNumber("31\nport=310\n", 31, 7)   // "7\nport=310\n"
#pragma once

#include <string>

namespace pidfall {

// It begins the text, and ends with its line.
bool IsPlainNumber(const std::string& text, long number);
bool HasNumber(const std::string& text, long number);
// Each occurrence.
std::string ReplaceNumber(const std::string& text, long from, long to);

}  // namespace pidfall
