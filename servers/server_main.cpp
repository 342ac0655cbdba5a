#include "servers/server_main.h"

#include <httplib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "servers/children.h"
#include "servers/console.h"
#include "servers/options.h"
#include "servers/stop_signal.h"
#include "servers/strategies/port.h"
#include "servers/strategies/strategy.h"
#include "servers/worker_pool.h"

namespace pidfall::servers {
namespace {

constexpr size_t kMostBody = size_t{1} << 20;

// httplib sets SO_REUSEPORT by default, and then two copies share the port without an error:
// https://github.com/yhirose/cpp-httplib, default_socket_options.
void SetSocketOptions(int socket) {
  const int on = 1;
  const int off = 0;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &off, sizeof off);
}

// The listening socket, or nothing with errno set.
std::optional<int> Bind(httplib::Server& server, const strategies::Settings& settings) {
  int listening = -1;
  server.set_socket_options([&](int socket) {
    SetSocketOptions(socket);
    listening = socket;
  });
  errno = 0;
  if (server.bind_to_port(settings.host, settings.port)) return listening;
  // An address that can't be resolved sets no errno.
  if (errno == 0) errno = EADDRNOTAVAIL;
  return std::nullopt;
}

void SetUp(httplib::Server& server, const Service& service) {
  server.new_task_queue = [] { return MakeWorkerPool(); };
  server.set_tcp_nodelay(true);
  server.set_payload_max_length(kMostBody);
  server.set_default_headers({{std::string(strategies::kServerHeader), service.name}});
  server.Get("/", [name = service.name](const httplib::Request&, httplib::Response& response) {
    response.set_content(name + " is running\n", "text/plain");
  });
}

// Returns when a stop signal came, or throws.
void Serve(httplib::Server& server, int listening, StopSignal& stop) {
  // After the shutdown of a listening socket every accept fails: no signal comes too early.
  stop.OnStop([listening] { shutdown(listening, SHUT_RDWR); });
  if (!server.listen_after_bind() && !stop.Came()) {
    throw std::runtime_error("cannot accept connections: " +
                             std::generic_category().message(errno));
  }
}

int Run(const Service& service, const Options& options) {
  StopSignal stop;
  const auto safeguard = strategies::MakeSafeguard(options.strategy, options.settings);
  const strategies::Answer answer = safeguard->BeforeBind();
  stop.PastGuard();
  if (!answer.go_on) return answer.status;
  if (options.forks) LetForkedCopyEnd([&] { safeguard->BeforeExit(); });

  // Never destroyed: a worker that outlasts kDrainLimit still uses it. ServerMain ends by _exit.
  auto& server = *new httplib::Server;
  SetUp(server, service);
  const std::optional<int> listening = Bind(server, options.settings);
  if (!listening) return safeguard->BindFailed(errno).status;
  try {
    service.add_routes(server, options.data);
    Say("🌐 " + service.name +
        " running on http://localhost:" + std::to_string(options.settings.port) + service.page);
    safeguard->Serving();
    if (!options.run.empty()) StartProgram(options.run);
    Serve(server, *listening, stop);
  } catch (...) {
    shutdown(*listening, SHUT_RDWR);
    safeguard->BeforeExit();
    throw;
  }
  if (stop.WantsRestart() && safeguard->BeforeRestart()) {
    execvp(options.command_line[0], options.command_line);
    Complain("❌ " + service.name +
             ": cannot start again: " + std::generic_category().message(errno));
  }
  safeguard->BeforeExit();
  return 0;
}

int RunOrSayWhyNot(const Service& service, const Options& options) {
  try {
    return Run(service, options);
  } catch (const std::exception& error) {
    Complain("❌ " + service.name + ": " + error.what());
    return kFailure;
  }
}

// The process lives on, although its first thread shows as a zombie.
[[noreturn]] void EndMainThread(const std::function<void()>& go_on) {
  std::thread(go_on).detach();
  // Ends only this thread. Unlike pthread_exit it does not unwind objects that the other one uses.
  for (;;) syscall(SYS_exit, 0);
}

int ParseAndRun(const Service& service, int argc, char** argv) {
  try {
    std::optional<Options> options = ParseOptions(service, argc, argv);
    if (!options) return 0;
    options->command_line = argv;
    if (options->ends_main_thread) EndMainThread([&] { _exit(RunOrSayWhyNot(service, *options)); });
    return RunOrSayWhyNot(service, *options);
  } catch (const std::invalid_argument& error) {
    Complain(service.program + ": " + error.what());
    return kBadUsage;
  }
}

}  // namespace

void ServerMain(const Service& service, int argc, char** argv) {
  BlockStopSignals();
  std::signal(SIGPIPE, SIG_IGN);
  OpenStandardDescriptors();
  _exit(ParseAndRun(service, argc, argv));
}

}  // namespace pidfall::servers
