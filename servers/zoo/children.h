// The processes that a few defects leave behind, and the way to the background.
#pragma once

#include <sys/types.h>

#include "servers/zoo/guard.h"

namespace pidfall::zoo {

void StartLockHolder();                         // before the port is bound
void StartWorker(int listening, Guard& guard);  // it has the port but no lock
void EndWorker();
// The helper is another program, and starts at the first request.
void AwaitRequestForHelper();
void StartHelperOnce(int listening);  // does nothing where it is not awaited
void ForkChildThatCleansUp(Guard& guard);

// The parent waits until the child serves, then ends with status 0; or else with the child's
// status.
void GoToBackground();
void TellParentThatWeServe();

}  // namespace pidfall::zoo
