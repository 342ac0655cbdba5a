// Whether a text looks like the file of a supervisor, at the first look: `audit` passes over all
// other files in silence. The readers check the rest.
//
//   if (LooksLikeUnit(ReadFile("a.service"))) ...
#pragma once

#include <string>

namespace pidfall {

bool LooksLikeAnything(const std::string& text);  // true
bool LooksLikeUnit(const std::string& text);
bool LooksLikeLaunchdJob(const std::string& text);
bool LooksLikeCompose(const std::string& text);
bool LooksLikeManifest(const std::string& text);
bool LooksLikeSupervisordConf(const std::string& text);
bool LooksLikePackageJson(const std::string& text);
bool LooksLikeEcosystem(const std::string& text);
bool LooksLikeMonitControl(const std::string& text);
bool LooksLikeOpenrcScript(const std::string& text);

// Whether a document of the file has `kind` and `apiVersion`. Reads all of it, and throws BadInput.
bool HasKubernetesKinds(const std::string& file);

}  // namespace pidfall
