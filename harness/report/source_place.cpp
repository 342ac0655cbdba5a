#include "harness/report/source_place.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// RFC 3986: what is not unreserved is written as %XX.
std::string UriOf(const fs::path& path) {
  std::string uri;
  for (const char letter : path.generic_string()) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain =
        std::isalnum(byte) != 0 || std::string_view("-._~/").find(letter) != std::string_view::npos;
    uri += is_plain ? std::string(1, letter) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

// The nearest folder above that git knows; without one, the folder itself.
fs::path RepositoryAround(const fs::path& folder) {
  for (fs::path above = folder; above != above.root_path(); above = above.parent_path()) {
    std::error_code error;
    if (fs::exists(above / ".git", error)) return above;
  }
  return folder;
}

// A link stands where it is, not where it leads; its folder is where it really is.
fs::path Real(const fs::path& file) {
  std::error_code error;
  const fs::path whole = fs::absolute(file, error).lexically_normal();
  const fs::path folder = fs::weakly_canonical(whole.parent_path(), error);
  return (error ? whole.parent_path() : folder) / whole.filename();
}

std::optional<fs::path> Below(const fs::path& root, const fs::path& file) {
  const fs::path below = Real(file).lexically_relative(root);
  if (below.empty() || *below.begin() == ".." || *below.begin() == ".") return std::nullopt;
  return below;
}

bool IsProgram(const fs::path& file) {
  constexpr std::string_view kElf =
      "\x7F"
      "ELF";
  const UniqueFd opened = OpenFile(file, O_RDONLY | O_CLOEXEC);
  return ReadToEnd(opened.get(), file, kElf.size()).starts_with(kElf);
}

std::optional<fs::path> SourceOf(const Target& target, const fs::path& root) {
  std::optional<fs::path> program;
  for (const std::string& word : target.command) {
    std::error_code error;
    const fs::path file = fs::path(target.folder) / word;
    if (!fs::is_regular_file(file, error)) continue;
    auto below = Below(root, file);
    if (!below) continue;
    if (!IsProgram(file)) return below;
    if (!program) program = below;
  }
  return program;
}

SourcePlace PlaceOfFile(fs::path file, const fs::path& root) {
  std::error_code error;
  if (fs::is_directory(file, error)) file /= "run";  // a service folder of runit or s6
  if (const auto below = Below(root, file)) return {UriOf(*below)};
  return {UriOf(Real(file).relative_path()), kMachineBase};
}

// Where the job stands that runs us, else what a visitor sees first.
SourcePlace AnyPlace(const fs::path& root) {
  for (const char* name : {".github/workflows/pidfall.yml", ".gitlab-ci.yml", "README.md",
                           "README.rst", "README", "README.txt"}) {
    std::error_code error;
    if (fs::is_regular_file(root / name, error)) return {UriOf(name)};
  }
  return {"README.md"};
}

}  // namespace

SourcePlace PlaceOf(const JsonHead& head, const Result& result) {
  const fs::path root = RepositoryAround(fs::current_path());
  if (!result.file.empty()) return PlaceOfFile(result.file, root);
  if (const auto source = head.target ? SourceOf(*head.target, root) : std::nullopt) {
    return {UriOf(*source)};
  }
  return head.file.empty() ? AnyPlace(root) : PlaceOfFile(head.file, root);
}

}  // namespace pidfall
