#include "harness/input/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "harness/input/shell_quote.h"

namespace pidfall {
namespace {

constexpr std::size_t kShortestSecret = 6;

struct Secret {
  std::string value;
  std::string shown;
};

// The longest first: a secret may be a part of another one.
std::vector<Secret>& Known() {
  static std::vector<Secret> known;
  return known;
}

bool IsSecretByName(std::string_view name) {
  constexpr std::array<std::string_view, 8> kWords = {
      "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE", "APIKEY"};
  std::string upper;
  for (const char letter : name) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return upper.ends_with("_KEY") || upper.ends_with("_PASS") ||
         std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return upper.find(word) != std::string::npos; });
}

void AddOne(std::string_view name, std::string_view value) {
  std::vector<Secret>& known = Known();
  const auto is_shorter = [&](const Secret& other) { return other.value.size() < value.size(); };
  known.insert(std::find_if(known.begin(), known.end(), is_shorter),
               {std::string(value), '[' + std::string(name) + ']'});
}

// A report has commands as a shell reads them.
void Add(std::string_view name, std::string_view value) {
  if (value.size() < kShortestSecret) return;
  AddOne(name, value);
  const std::string quoted = ShellQuoted(std::string(value));
  if (quoted.size() > value.size() + 2) AddOne(name, quoted.substr(1, quoted.size() - 2));
}

// A report has output line by line.
void AddLines(std::string_view name, std::string_view value) {
  while (!value.empty()) {
    const std::size_t end = std::min(value.find('\n'), value.size());
    Add(name, value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

// "postgres://user:password@host/"
std::string_view PasswordIn(std::string_view address) {
  const std::size_t scheme = address.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = address.substr(scheme + 3);
  const std::string_view user = rest.substr(0, rest.find_first_of("@/"));
  const std::size_t colon = user.find(':');
  const bool has_user = user.size() < rest.size() && rest[user.size()] == '@';
  return has_user && colon != std::string_view::npos ? user.substr(colon + 1) : std::string_view();
}

}  // namespace

void RememberSecret(std::string_view name, std::string_view value) {
  if (IsSecretByName(name)) return AddLines(name, value);
  Add(name, PasswordIn(value));
}

void RememberSecret(std::string_view variable) {
  const std::size_t equals = variable.find('=');
  if (equals == std::string_view::npos) return;
  RememberSecret(variable.substr(0, equals), variable.substr(equals + 1));
}

std::string WithoutSecrets(std::string text) {
  for (const auto& [value, shown] : Known()) {
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
      text.replace(at, value.size(), shown);
      at += shown.size();
    }
  }
  return text;
}

}  // namespace pidfall
