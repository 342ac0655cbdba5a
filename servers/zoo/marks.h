// Files beside the pid file that a few defects leave, and that keep the next start out.
#pragma once

#include <string>

namespace pidfall::zoo {

bool MarkBlocks(const std::string& pid_file);  // leaves the mark of a start
void MarkServing(const std::string& pid_file);
void MarkStopping(const std::string& pid_file);
void MarkStopped(const std::string& pid_file);

}  // namespace pidfall::zoo
