// Where macro files are found, and how EVAL runs a macro.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/macros.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "model/macro.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <utility>

namespace ctys::cli {
namespace {

namespace fs = std::filesystem;

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxFile = std::size_t{4} << 20;

std::vector<fs::path> macro_path() {
  return paths::search_path("CTYS_MACRO_PATH",
                            {paths::home() / ".ctys" / "macros", paths::config_home() / "macros"});
}

// Who can write a file, or put another one into its folder, has anything run that EVAL runs. A group that has
// the user's number or root's is their own: umask 002 makes files writable by it.
std::string mistrust(const fs::path& file) {
  struct stat of_file {};
  struct stat of_folder {};
  std::error_code unknown;
  const auto real = fs::canonical(file, unknown);
  if (unknown || ::stat(real.c_str(), &of_file) != 0 || ::stat(real.parent_path().c_str(), &of_folder) != 0)
    return "it is not known who can write to it";
  const auto is_others = [](const struct stat& status) {
    return status.st_uid != 0 && status.st_uid != ::geteuid();
  };
  const auto open_to_others = [](const struct stat& status) {
    const bool own_group = status.st_gid == 0 || status.st_gid == ::geteuid();
    return (status.st_mode & S_IWOTH) != 0 || ((status.st_mode & S_IWGRP) != 0 && !own_group);
  };
  if (is_others(of_file)) return "its file belongs to somebody else";
  if (open_to_others(of_file)) return "others can write its file";
  if (is_others(of_folder)) return "the folder of its file belongs to somebody else";
  // As in /tmp: there nobody replaces what is another's.
  if (open_to_others(of_folder) && (of_folder.st_mode & S_ISVTX) == 0)
    return "others can write the folder of its file";
  return {};
}

Result<std::optional<model::MacroFile>> load(const std::string& name) {
  std::vector<fs::path> places;
  const auto default_file = paths::environment("CTYS_MACRO_DB");
  if (name.empty() && default_file)
    places.emplace_back(*default_file);
  else if (name.starts_with('/'))
    places.emplace_back(name);
  else if (name.starts_with("~/"))
    places.push_back(paths::home() / name.substr(2));
  else
    for (const auto& folder : macro_path()) places.push_back(folder / (name.empty() ? "default" : name));
  for (const auto& place : places) {
    std::error_code ignored;
    if (!fs::exists(place, ignored)) continue;
    auto content = read_file(place, kMaxFile);
    if (!content) {
      content.error().code = Exit::usage;
      return tl::unexpected<Error>(std::move(content).error());
    }
    return model::MacroFile{place.string(), *std::move(content), mistrust(place)};
  }
  return std::nullopt;
}

tl::unexpected<Error> eval_failed(const std::string& macro, std::string why) {
  return fail(Exit::usage, "cannot run the macro '" + macro + "'", std::move(why),
              "run its text in a shell to see what is wrong");
}

// A process group of its own: a guard, and the shell it waits for. The guard takes the whole group along when
// ctys is gone, whatever the shell has started by then.
[[noreturn]] void guard(pid_t ctys, int out, const std::array<char*, 4>& argv) {
  setpgid(0, 0);
  const auto end_group = [](int) { kill(0, SIGKILL); };
  struct sigaction action = {};
  action.sa_handler = end_group;
  sigaction(SIGTERM, &action, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != ctys) _exit(1);  // it was gone before
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);  // the terminal is for ctys
  dup2(out, STDOUT_FILENO);
  const pid_t shell = fork();
  if (shell == 0) {
    execve(argv[0], argv.data(), environ);
    _exit(127);
  }
  int status = 1;  // the pipe stays open until the shell's end is known
  while (shell > 0 && waitpid(shell, &status, 0) < 0 && errno == EINTR) {
  }
  if (shell > 0 && WIFSIGNALED(status)) {
    const rlimit no_core{};
    setrlimit(RLIMIT_CORE, &no_core);
    static_cast<void>(signal(WTERMSIG(status), SIG_DFL));
    static_cast<void>(raise(WTERMSIG(status)));
  }
  _exit(shell > 0 ? WEXITSTATUS(status) : 1);
}

// What a group prints, up to its end, to the limit of time, or to the limit of a macro's text.
struct Printed {
  std::string text;
  bool is_late = false;
  [[nodiscard]] bool is_long() const { return text.size() > model::kMaxMacroText; }
};

Printed read_all(int fd, Clock::time_point end) {
  Printed printed;
  std::array<char, 4096> buffer{};
  while (!printed.is_long()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd wait{fd, POLLIN, 0};
    const int ready = left > 0 ? poll(&wait, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    printed.is_late = ready == 0;
    if (ready <= 0) break;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    printed.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return printed;
}

// The text of the user's own file goes to a shell, as the user wrote it; nothing of the command line is in
// it.
Result<std::string> run(const std::string& macro, const std::string& command,
                        std::chrono::milliseconds limit) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return eval_failed(macro, system_message(errno));
  const Fd out(ends[0]);
  Fd in(ends[1]);
  std::string shell = "/bin/sh";
  std::string flag = "-c";
  std::string text = command;
  const std::array<char*, 4> argv{shell.data(), flag.data(), text.data(), nullptr};
  const pid_t ctys = getpid();
  const pid_t child = fork();
  if (child < 0) return eval_failed(macro, system_message(errno));
  if (child == 0) guard(ctys, in.get(), argv);
  setpgid(child, child);  // whoever of the two comes first
  in.reset();
  auto printed = read_all(out.get(), Clock::now() + limit);
  const bool ends_by_force = printed.is_late || printed.is_long();
  if (ends_by_force) kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (printed.is_long()) return eval_failed(macro, "it prints more than a command line can hold");
  if (printed.is_late)
    return eval_failed(macro, "it has not ended after " + text::seconds(limit.count()) + " and was stopped");
  if (WIFSIGNALED(status))
    return eval_failed(macro, "it was ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return eval_failed(macro, "it ended with status " + std::to_string(WEXITSTATUS(status)));
  auto& words = printed.text;
  while (!words.empty() && words.back() == '\n') words.pop_back();
  return std::move(words);
}

}  // namespace

Result<std::vector<std::string>> expand_macros(std::vector<std::string> words,
                                               std::chrono::milliseconds limit) {
  bool any = false;
  for (const auto& word : words) any = any || model::has_macro(word);
  if (!any) return words;
  const model::MacroSource source{
      load, [limit](const auto& macro, const auto& command) { return run(macro, command, limit); }};
  std::vector<std::string> expanded;
  for (const auto& word : words)
    for (auto& part : TRY(model::expand_word(word, source))) expanded.push_back(std::move(part));
  return expanded;
}

}  // namespace ctys::cli
