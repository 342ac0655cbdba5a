// What a full sandbox sees of files and network; called by its init, before anything else runs.
// Each throws std::system_error naming the step.
#pragma once

#include <string>
#include <vector>

namespace pidfall {

// First of all: what is mounted in here is not seen outside.
void KeepMountsPrivate();

// A tmpfs on `folder`.
void MountFolder(const std::string& folder);

// `file` is seen at `path`, which must exist.
void BindOver(const std::string& path, const std::string& file);

// A new network namespace has its loopback device down.
void BringLoopbackUp();

// A folder that exists everywhere and hides none of `keep_visible` when it is mounted over.
std::string ChoosePrivateFolder(const std::vector<std::string>& keep_visible);

}  // namespace pidfall
