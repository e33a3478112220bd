// Processes of this machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/process.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

namespace ctys {
namespace {

Fd open_pid(pid_t pid) {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// In the new process: leave the caller's session, terminal and descriptors, wait for the word to go, then
// become the program. `report` gets errno when that fails and closes by exec when it succeeds.
[[noreturn]] void become(const std::vector<char*>& argv, const char* file, int report) {
  ::setsid();
  char word = 0;
  ssize_t heard = 0;
  while ((heard = ::read(report, &word, 1)) < 0 && errno == EINTR) {
  }
  if (heard != 1) ::_exit(127);  // nobody is there to tell that it runs
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) (void)::signal(number, SIG_DFL);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, fd);
  const int kept = ::fcntl(report, F_DUPFD_CLOEXEC, 3);
  if (kept > 3) ::syscall(SYS_close_range, 3U, static_cast<unsigned>(kept - 1), 0U);
  ::syscall(SYS_close_range, static_cast<unsigned>(kept + 1), ~0U, 0U);
  ::execv(file, argv.data());
  const int reason = errno;
  (void)!::write(kept, &reason, sizeof reason);
  ::_exit(127);
}

// The next number that the other side says; 0 when it closed the line.
int hear(int line) {
  int value = 0;
  ssize_t heard = 0;
  while ((heard = ::recv(line, &value, sizeof value, MSG_WAITALL)) < 0 && errno == EINTR) {
  }
  return heard == static_cast<ssize_t>(sizeof value) ? value : 0;
}

}  // namespace

std::optional<ProcessId> identify(pid_t pid) {
  const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
  if (!stat) return std::nullopt;
  // The program's name stands in parentheses and may contain anything: count from the last one.
  const auto after_name = stat->rfind(") ");
  if (after_name == std::string::npos) return std::nullopt;
  const auto fields = text::split(std::string_view(*stat).substr(after_name + 2), ' ');
  constexpr std::size_t kState = 0;   // field 3 of the line
  constexpr std::size_t kStart = 19;  // field 22 of the line
  if (fields.size() <= kStart || fields[kState] == "Z" || fields[kState] == "X") return std::nullopt;
  const auto start = text::number(fields[kStart]);
  if (!start) return std::nullopt;
  return ProcessId{pid, *start};
}

bool is_alive(const ProcessId& process) {
  return process.pid > 0 && identify(process.pid) == process;
}

bool send_signal(const ProcessId& process, int signal) {
  if (process.pid <= 1) return false;
  const Fd handle = open_pid(process.pid);
  // Checked after opening: from here on the handle cannot come to mean another process.
  if (!handle || !is_alive(process)) return false;
  return ::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0) == 0;
}

bool wait_gone(const ProcessId& process, int milliseconds) {
  const Fd handle = open_pid(process.pid);
  if (!handle || !is_alive(process)) return true;
  pollfd waiting{handle.get(), POLLIN, 0};
  while (::poll(&waiting, 1, milliseconds) < 0 && errno == EINTR) {
  }
  return !is_alive(process);
}

Result<ProcessId> start_detached(std::span<const std::string> argv,
                                 const std::function<Result<void>(const ProcessId&)>& before) {
  const std::string what = "cannot start " + argv.front();
  const auto file = find_program(argv.front());
  if (!file) return fail(Exit::failed, what, "there is no such program in PATH", "install it");
  std::vector<char*> raw;
  raw.reserve(argv.size() + 1);
  for (const auto& argument : argv) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(Exit::failed, what, system_message(errno));
  Fd line(ends[0]);
  Fd report(ends[1]);
  // Twice forked, so that whoever started ctys never has to reap it. The pid comes back through the line.
  const pid_t middle = ::fork();
  if (middle < 0) return fail(Exit::failed, what, system_message(errno));
  if (middle == 0) {
    line.reset();  // the end of this process is the end of the line
    const pid_t child = ::fork();
    if (child == 0) become(raw, file->c_str(), report.get());
    const int answer = child < 0 ? errno : -child;
    (void)!::write(report.get(), &answer, sizeof answer);
    ::_exit(0);
  }
  report.reset();
  while (::waitpid(middle, nullptr, 0) < 0 && errno == EINTR) {
  }
  const auto answer = hear(line.get());
  if (answer >= 0) return fail(Exit::failed, what, system_message(answer));
  const auto id = identify(-answer);
  if (!id) return fail(Exit::failed, what, "it ended at once");
  if (before) TRY_VOID(before(*id));
  (void)::send(line.get(), "", 1, MSG_NOSIGNAL);
  if (const int reason = hear(line.get()); reason != 0)
    return fail(Exit::failed, what, system_message(reason));
  return *id;
}

Result<int> run_program(std::span<const std::string> argv) {
  const std::string what = "cannot run " + argv.front();
  const auto file = find_program(argv.front());
  if (!file) return fail(Exit::failed, what, "there is no such program in PATH", "install it");
  std::vector<char*> raw;
  for (const auto& argument : argv) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return fail(Exit::failed, what, system_message(errno));
  if (child == 0) {
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    ::execv(file->c_str(), raw.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool is_ignored(int signal) noexcept {
  struct sigaction found {};
  return ::sigaction(signal, nullptr, &found) == 0 && found.sa_handler == SIG_IGN;
}

void reset_signals() noexcept {
  for (int number = 1; number < NSIG; ++number) {
    const bool of_terminal = number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTSTP;
    if (!of_terminal || !is_ignored(number)) (void)::signal(number, SIG_DFL);
  }
  (void)::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void close_others(std::vector<int> kept) noexcept {
  std::sort(kept.begin(), kept.end());
  auto first = static_cast<unsigned>(STDERR_FILENO) + 1;
  for (const int fd : kept) {
    if (fd < static_cast<int>(first)) continue;
    const auto next = static_cast<unsigned>(fd);
    if (next > first) ::syscall(SYS_close_range, first, next - 1, 0U);
    first = next + 1;
  }
  ::syscall(SYS_close_range, first, ~0U, 0U);
}

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  const std::string path = paths::environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (const auto folder : text::split(path, ':')) {
    if (folder.empty() || folder.front() != '/') continue;  // never the current folder
    auto file = std::string(folder) + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

}  // namespace ctys
