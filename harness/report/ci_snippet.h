// The job that runs the same check in the user's CI, ready to be stored where its first line says.
//
//   out = CiSnippet(CiKind("github"), {.options = {"--port", "8000"}, .command = {"./serve"}});
#pragma once

#include <string>
#include <vector>

namespace pidfall {

enum class Ci { kGithub, kGitlab, kCtest };

// "github", "gitlab" or "ctest". Throws BadInput for another word.
Ci CiKind(const std::string& word);

struct CiCheck {
  std::string version;
  std::vector<std::string> options;  // of `pidfall check`, but for its files of results
  std::vector<std::string> command;
};

std::string CiSnippet(Ci kind, const CiCheck& check);

}  // namespace pidfall
