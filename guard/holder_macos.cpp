// macOS does not say which process holds a flock: the record is all there is.
#include "guard/holder.h"

namespace pidfall::guard {

bool HoldsLock(pid_t, const FileKey&) { return false; }
pid_t LockingProcess(const FileKey&) { return 0; }
std::optional<bool> HasOpen(pid_t, const FileKey&) { return std::nullopt; }
std::vector<pid_t> WaitingProcesses(const FileKey&) { return {}; }

}  // namespace pidfall::guard
