// One acquire and release, of this guard and of others, in one run on one file system:
//
//   PIDFALL_BENCH_FOLDER=/var/tmp bench --benchmark_repetitions=5
//
// Nothing is synced to disk unless the library itself does so. Each starts with no file, which is
// how a release of libbsd, Qt and the report's pattern leaves the folder.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "guard/guard.h"

#ifdef PIDFALL_BENCH_LIBBSD
extern "C" {
#include <bsd/libutil.h>
}
#endif
#ifdef PIDFALL_BENCH_BOOST
#include <boost/interprocess/sync/file_lock.hpp>
#endif
#ifdef PIDFALL_BENCH_QT
#include <QLockFile>
#endif

namespace {

// A folder of its own below the one named, removed at the end.
class Folder {
 public:
  Folder() {
    const char* below = std::getenv("PIDFALL_BENCH_FOLDER");
    std::string name = std::string(below == nullptr ? "." : below) + "/guard-bench-XXXXXX";
    path_ = mkdtemp(name.data()) == nullptr ? "." : name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string PidFile() const { return path_ + "/x.pid"; }

 private:
  std::string path_;
};

void Reference(benchmark::State& state) {
  const Folder folder;
  pidfall::guard::Options options;
  options.name = "bench";
  options.pid_file = folder.PidFile();
  for (auto _ : state) {
    pidfall::guard::Instance instance = pidfall::guard::Acquire(options);
    if (!instance) state.SkipWithError(instance.reason().c_str());
  }
}
BENCHMARK(Reference);

void ReferenceRefused(benchmark::State& state) {
  const Folder folder;
  pidfall::guard::Options options;
  options.name = "bench";
  options.pid_file = folder.PidFile();
  int ready[2];
  int stop[2];
  if (pipe(ready) != 0 || pipe(stop) != 0) return;
  if (fork() == 0) {
    close(stop[1]);
    const pidfall::guard::Instance owner = pidfall::guard::Acquire(options);
    char byte = 'r';
    _exit(write(ready[1], &byte, 1) == 1 && read(stop[0], &byte, 1) >= 0 ? 0 : 1);
  }
  char byte = 0;
  if (read(ready[0], &byte, 1) != 1) state.SkipWithError("no owner");
  for (auto _ : state) {
    if (pidfall::guard::Acquire(options)) state.SkipWithError("not refused");
  }
  for (const int fd : {ready[0], ready[1], stop[0], stop[1]}) close(fd);
}
BENCHMARK(ReferenceRefused);

// The report's pattern: read and ask, then write, then remove.
void ReportsPattern(benchmark::State& state) {
  const Folder folder;
  const std::string path = folder.PidFile();
  for (auto _ : state) {
    if (std::filesystem::exists(path)) {
      int pid = 0;
      std::ifstream(path) >> pid;
      if (kill(pid, 0) == 0) state.SkipWithError("refused");
    }
    std::ofstream(path) << getpid();
    if (std::filesystem::exists(path)) std::filesystem::remove(path);
  }
}
BENCHMARK(ReportsPattern);

#ifdef PIDFALL_BENCH_LIBBSD
void LibbsdPidfile(benchmark::State& state) {
  const Folder folder;
  for (auto _ : state) {
    pid_t other = 0;
    pidfh* file = pidfile_open(folder.PidFile().c_str(), 0644, &other);
    if (file == nullptr || pidfile_write(file) != 0) state.SkipWithError("pidfile_open");
    pidfile_remove(file);
  }
}
BENCHMARK(LibbsdPidfile);
#endif

#ifdef PIDFALL_BENCH_BOOST
// It does the least of these: no pid is written, and the file must exist beforehand.
void BoostFileLock(benchmark::State& state) {
  const Folder folder;
  std::ofstream(folder.PidFile()).close();
  for (auto _ : state) {
    boost::interprocess::file_lock lock(folder.PidFile().c_str());
    if (!lock.try_lock()) state.SkipWithError("try_lock");
    lock.unlock();
  }
}
BENCHMARK(BoostFileLock);
#endif

#ifdef PIDFALL_BENCH_QT
void QtLockFile(benchmark::State& state) {
  const Folder folder;
  for (auto _ : state) {
    QLockFile lock(QString::fromStdString(folder.PidFile()));
    lock.setStaleLockTime(0);  // as its documentation asks of locks that are held for long
    if (!lock.tryLock(0)) state.SkipWithError("tryLock");
    lock.unlock();
  }
}
BENCHMARK(QtLockFile);
#endif

}  // namespace

BENCHMARK_MAIN();
