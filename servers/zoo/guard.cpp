#include "servers/zoo/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "servers/zoo/admin.h"
#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/identity.h"
#include "servers/zoo/lock_file.h"
#include "servers/zoo/marks.h"
#include "servers/zoo/record.h"
#include "servers/zoo/stop.h"
#include "servers/zoo/styles.h"
#include "servers/zoo/supervisor.h"
#include "servers/zoo/surroundings.h"

namespace pidfall::zoo {
namespace {

// Whether a defect ignores `error` and serves without its guard.
bool RunsOnAfter(int error) {
  switch (error) {
    case ENOSPC:
      return Has(Defect::kFullDiskRunsOn);
    case EROFS:
    case EACCES:
      return Has(Defect::kReadonlyRunsOn);
    case ENOENT:
      return Has(Defect::kMissingFolderRunsOn);
    case EMFILE:
      return Has(Defect::kFdExhaustionRunsOn);
    case EFBIG:
      return Has(Defect::kFileLimitRunsOn);
    case EISDIR:
      return Has(Defect::kDirectoryRunsOn);
    case EPERM:
      return Has(Defect::kForeignFileRunsOn);
    default:
      return false;
  }
}

std::string LockPath(const Settings& settings) {
  std::string path = settings.pid_file;
  if (Has(Defect::kLockPerPort)) path.append(".").append(std::to_string(settings.port));
  return path + LockSuffix() + (Has(Defect::kMovesLock) ? ".lock-2" : ".lock");
}

// The default style. Only the lock decides; the record is for people.
class SeparateLock : public Guard {
 public:
  explicit SeparateLock(Settings& settings) : settings_(settings), lock_(LockPath(settings)) {}

  void Acquire() override;
  void Release() override;
  void LeaveToParent() override { lock_.Close(); }
  void LeaveToSuccessor() override {
    if (!owner_) return;
    if (!Has(Defect::kRestartDropsLock)) return lock_.PassOn();
    lock_.Close();
    Dawdle(kWideWindow);
  }

 private:
  void AcquireOrThrow();
  void OpenLock();
  void WhenHeld();
  void KillSilentOwner(pid_t owner);
  void StandBy();
  void TakeOver(pid_t owner);
  bool PatienceIsLost();

  Settings& settings_;
  LockFile lock_;
  RecordId published_;
  bool owner_ = false;
};

bool IsSymlink(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

void LinkTo(const std::string& name, const std::string& file) {
  unlink(name.c_str());
  (void)link(file.c_str(), name.c_str());
}

void SeparateLock::Acquire() {
  if (Has(Defect::kStealsSocket)) BindAnew(settings_.pid_file + ".socket");
  if (Has(Defect::kTruncatesBeforeLock)) {
    close(open(settings_.pid_file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  }
  if (Has(Defect::kFileLimitRunsOn)) signal(SIGXFSZ, SIG_IGN);
  if (MarkBlocks(settings_.pid_file) || SeesSomebody(settings_)) EndAsDuplicate(settings_, 0);
  try {
    AcquireOrThrow();
    owner_ = true;
    LetTimePass(settings_.pid_file, [this] { lock_.Close(); });
  } catch (const Failure& failure) {
    lock_.Close();
    if (!RunsOnAfter(failure.error)) throw;
  }
}

void SeparateLock::AcquireOrThrow() {
  if (!lock_.Adopt()) OpenLock();
  if (lock_.file() < 0) return;
  if (!lock_.Try()) return WhenHeld();
  const Record record = ReadRecord(settings_.pid_file);
  Meddle(record);
  if (BelievesRecord(record)) EndAsDuplicate(settings_, record.pid.value_or(0));
  if (Has(Defect::kEmptiesAtStop) && IsSymlink(settings_.pid_file)) return;
  RefuseHostileNode(settings_.pid_file);
  published_ = PublishRecord(settings_.pid_file);
  if (Has(Defect::kLeavesHardLink)) LinkTo(settings_.pid_file + ".old", settings_.pid_file);
}

// Another user's lock file can't be opened: that user's copy may be alive.
void SeparateLock::OpenLock() {
  try {
    lock_.Open();
  } catch (const Failure& failure) {
    const bool another_users = failure.error == EACCES && access(lock_.path().c_str(), F_OK) == 0;
    if (another_users && Has(Defect::kEpermExits0)) EndAsRunning(settings_);
    if (!another_users || !Has(Defect::kEpermIsDead)) throw;
    unlink(settings_.pid_file.c_str());
  }
}

void SeparateLock::WhenHeld() {
  const Record record = ReadRecord(settings_.pid_file);
  const pid_t owner = lock_.Owner() > 0 ? lock_.Owner() : record.pid.value_or(0);
  const bool not_ours_to_signal = owner > 0 && kill(owner, 0) != 0 && errno == EPERM;
  if (Has(Defect::kEpermExits0) && not_ours_to_signal) EndAsRunning(settings_);
  if (Has(Defect::kTakesOverStopped) && !Answers(settings_)) return KillSilentOwner(owner);
  if (BreaksIn(record) || SeesNobody(owner) || PatienceIsLost()) {
    lock_.BreakIn();
    published_ = PublishRecord(settings_.pid_file);
  } else if (Has(Defect::kServesElsewhere)) {
    ++settings_.port;
  } else if (StandsBy(settings_)) {
    StandBy();
  } else if (settings_.on_duplicate == OnDuplicate::kTakeOver) {
    TakeOver(Has(Defect::kTakeoverTrustsPid) ? record.pid.value_or(0) : owner);
  } else {
    EndAsDuplicate(settings_, owner);
  }
}

void SeparateLock::KillSilentOwner(pid_t owner) {
  if (owner > 0) kill(owner, SIGKILL);
  lock_.Wait();
  published_ = PublishRecord(settings_.pid_file);
}

void SeparateLock::StandBy() {
  if (Has(Defect::kWaiterPublishesEarly)) PublishRecord(settings_.pid_file);
  lock_.Wait();
  if (Has(Defect::kWaiterGivesUp)) EndAsDuplicate(settings_, 0);
  published_ = PublishRecord(settings_.pid_file);
}

void SeparateLock::TakeOver(pid_t owner) {
  const bool ours_to_end = owner == lock_.Owner() || Has(Defect::kTakeoverTrustsPid);
  if (owner <= 1 || !ours_to_end) EndAsDuplicate(settings_, owner);
  kill(owner, SIGTERM);
  if (Has(Defect::kTakeoverAtOnce)) {
    lock_.BreakIn();
  } else {
    lock_.Wait();
  }
  published_ = PublishRecord(settings_.pid_file);
}

// Counts refused starts by the length of a file.
bool SeparateLock::PatienceIsLost() {
  if (!Has(Defect::kLosesPatience)) return false;
  constexpr off_t kPatience = 4;
  const int file = open((settings_.pid_file + ".tries").c_str(),
                        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
  struct stat status {};
  fstat(file, &status);
  const bool counted = write(file, ".", 1) == 1;
  close(file);
  return counted && status.st_size >= kPatience;
}

void SeparateLock::Release() {
  if (!owner_) return;
  if (Has(Defect::kEmptiesAtStop)) {
    close(open(settings_.pid_file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  }
  RemoveRecord(settings_.pid_file, published_);
  if (Has(Defect::kUnlinksLock)) unlink(lock_.path().c_str());
  lock_.Close();
}

}  // namespace

std::unique_ptr<Guard> MakeGuard(Settings& settings) {
  switch (settings.style) {
    case Style::kFlockOnPidFile:
      return MakeFlockOnPidFile(settings);
    case Style::kLockOnly:
      return MakeLockOnly(settings);
    case Style::kAbstractSocket:
      return MakeAbstractSocket(settings);
    case Style::kPortOnly:
    case Style::kUdpPort:
      return MakePortOnly();
    case Style::kSeparateLock:
    case Style::kStandsBy:
    case Style::kDaemonizing:
      break;
  }
  return std::make_unique<SeparateLock>(settings);
}

}  // namespace pidfall::zoo
