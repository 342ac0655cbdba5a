// The files and the network of a full sandbox. Its init calls these before anything else runs. Each
// throws std::system_error, which names the step.
#pragma once

#include <string>
#include <vector>

namespace pidfall {

// To be called first: then mounts in here do not appear outside.
void KeepMountsPrivate();

// A tmpfs on `folder`.
void MountFolder(const std::string& folder);

// `file` is seen at `path`, which must exist.
void BindOver(const std::string& path, const std::string& file);

// In a new network namespace the loopback device is down.
void BringLoopbackUp();

// A folder that exists on every machine; a mount over it hides none of `keep_visible`.
std::string ChoosePrivateFolder(const std::vector<std::string>& keep_visible);

}  // namespace pidfall
