#include "harness/observe/numbers.h"

#include <cctype>

namespace pidfall {
namespace {

bool IsDigitAt(const std::string& text, size_t at) {
  return at < text.size() && isdigit(static_cast<unsigned char>(text[at])) != 0;
}

size_t FindNumber(const std::string& text, const std::string& digits, size_t from) {
  for (size_t at = from; (at = text.find(digits, at)) != std::string::npos; ++at) {
    const bool begins = at == 0 || !IsDigitAt(text, at - 1);
    if (begins && !IsDigitAt(text, at + digits.size())) return at;
  }
  return std::string::npos;
}

}  // namespace

bool IsPlainNumber(const std::string& text, long number) {
  const std::string digits = std::to_string(number);
  return text == digits || text.starts_with(digits + '\n');
}

bool HasNumber(const std::string& text, long number) {
  return FindNumber(text, std::to_string(number), 0) != std::string::npos;
}

std::string ReplaceNumber(const std::string& text, long from, const std::string& by) {
  const std::string old = std::to_string(from);
  std::string replaced = text;
  for (size_t at = 0; (at = FindNumber(replaced, old, at)) != std::string::npos;) {
    replaced.replace(at, old.size(), by);
    at += by.size();
  }
  return replaced;
}

std::string ReplaceNumber(const std::string& text, long from, long to) {
  return ReplaceNumber(text, from, std::to_string(to));
}

}  // namespace pidfall
