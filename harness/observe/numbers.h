// Whole decimal numbers in a pid file that may hold other text, too.
//
//   ReplaceNumber("31\nport=310\n", 31, 7)   // "7\nport=310\n"
#pragma once

#include <string>

namespace pidfall {

// It is the first word of the text, and alone on its line.
bool IsPlainNumber(const std::string& text, long number);
bool HasNumber(const std::string& text, long number);
// Replaces each occurrence.
std::string ReplaceNumber(const std::string& text, long from, const std::string& by);
std::string ReplaceNumber(const std::string& text, long from, long to);
// With "{pid}" in its place, two starts give the same text.
inline std::string WithoutPid(const std::string& text, long pid) {
  return ReplaceNumber(text, pid, "{pid}");
}

}  // namespace pidfall
