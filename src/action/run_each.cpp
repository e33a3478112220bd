// Does several requests of one call.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/run_each.hpp"

#include "action/acting.hpp"
#include "action/finish.hpp"
#include "action/run.hpp"
#include "action/search.hpp"
#include "action/twice.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "plugin/collect.hpp"
#include "ui/progress.hpp"
#include "wire/message.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ctys::action {
namespace {

constexpr std::size_t kAtOnce = 32;
constexpr std::size_t kMaxResults = std::size_t{1} << 30;

// What one request brought, as lines in a file in memory, each a letter and a message of the wire protocol:
//
//   o LAYOUT   an outcome begins        w MESSAGE  whose the next failure is, as a record
//   r MESSAGE  a record of it           e MESSAGE  the failure
//   t MESSAGE  text for stdout
class Writer final : public Results {
 public:
  explicit Writer(int file) : file_(file) {}

  void take(model::Layout layout, const plugin::Outcome& outcome) override {
    std::string lines = "o" + std::to_string(static_cast<int>(layout)) + "\n";
    for (const auto& record : outcome.records) lines += "r" + wire::encode(record);
    for (const auto& failure : outcome.failures) {
      model::Record whose;
      whose.set(Field::host, failure.host).set(Field::type, failure.type).set(Field::label, failure.label);
      lines += "w" + wire::encode(whose) + "e" + wire::encode(failure.error);
    }
    keep(lines);
  }
  void take(std::string_view text) override {
    constexpr std::size_t kPiece = wire::kMaxLine / 8;  // escaped it still is a line
    for (; !text.empty(); text.remove_prefix(std::min(kPiece, text.size())))
      keep("t" + wire::encode(wire::Log{0, std::string(text.substr(0, kPiece))}));
  }

 private:
  // Memory is all it needs: without any, the process ends, and that is told.
  void keep(std::string_view lines) const {
    if (!write_all(file_, lines)) ::_exit(static_cast<int>(Exit::defect));
  }
  int file_;
};

struct Brought {
  model::Layout layout{};
  const model::Request* request = nullptr;
  plugin::Outcome outcome;
};

// One request and the process that does it.
struct Task {
  const model::Request* request = nullptr;
  Fd results;
  pid_t pid = -1;
};

plugin::Failure failure_of(const model::Request& request, Error error) {
  const auto& targets = request.where.targets;
  return {std::move(error),
          targets.empty() || targets.front().here ? paths::host_name() : targets.front().name,
          {}};
}

void read_line(std::string_view line, const model::Request& request, std::vector<Brought>& all,
               std::string& text, model::Record& whose) {
  const char kind = line.front();
  line.remove_prefix(1);
  if (kind == 'o') {
    const auto layout = static_cast<model::Layout>(text::number(line).value_or(0));
    all.push_back({layout, &request, {}});
    return;
  }
  auto message = wire::decode(line);
  if (!message) return;
  if (auto* said = std::get_if<wire::Log>(&*message)) text += said->text;
  auto* record = std::get_if<model::Record>(&*message);
  auto* error = std::get_if<Error>(&*message);
  if (record != nullptr && kind == 'w')
    whose = std::move(*record);
  else if (record != nullptr && !all.empty())
    all.back().outcome.records.push_back(std::move(*record));
  if (error != nullptr && !all.empty())
    all.back().outcome.failures.push_back(
        {std::move(*error), whose.get(Field::host), whose.get(Field::type), whose.get(Field::label)});
}

void read_results(const Task& task, std::vector<Brought>& all, std::string& text) {
  const auto path = "/proc/self/fd/" + std::to_string(task.results.get());
  const auto lines = read_file(path, kMaxResults);
  model::Record whose;
  for (const auto line : text::split(lines ? std::string_view(*lines) : std::string_view(), '\n'))
    if (!line.empty()) read_line(line, *task.request, all, text, whose);
}

bool only_reads(const model::Request& request) {
  using model::Action;
  switch (request.action) {
    case Action::create:
    case Action::cancel:
    case Action::attribute:
      return request.plan;
    default:
      return true;
  }
}

// Those that are waited for while there are processes, and blocked so that none is lost.
class Signals {
 public:
  Signals() {
    sigemptyset(&waited);
    sigaddset(&waited, SIGCHLD);
    for (const int number : {SIGINT, SIGTERM})
      if (!is_ignored(number)) sigaddset(&waited, number);
    ::pthread_sigmask(SIG_BLOCK, &waited, &before);
    (void)std::signal(SIGCHLD, SIG_DFL);  // whoever started ctys may have had it ignored
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }
  sigset_t waited{};
  sigset_t before{};
};

// `work`: what the process does, whose status it ends with. False: there is none, which is told.
bool start(Task& task, const std::function<Exit()>& work, bool shows_progress, const Signals& signals,
           std::vector<Brought>& all) {
  const pid_t parent = ::getpid();
  task.results.reset(::memfd_create("results", MFD_CLOEXEC));
  if (task.results) task.pid = ::fork();
  if (task.pid < 0) {
    all.push_back({model::Layout::result, task.request, {}});
    all.back().outcome.failures.push_back(
        failure_of(*task.request, {Exit::failed, "cannot start a process", system_message(errno)}));
  }
  if (task.pid != 0) return task.pid > 0;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::pthread_sigmask(SIG_SETMASK, &signals.before, nullptr);
  Writer writer(task.results.get());
  hand_over(writer);
  if (!shows_progress) ui::Progress::silence();
  const auto status = work();
  ::_exit(static_cast<int>(status));
}

// Waits for one of them to end. An interrupt is for all of them; what they have by then is printed.
Exit wait_for_one(std::vector<Task*>& running, std::vector<Brought>& all, const sigset_t& waited) {
  for (;;) {
    for (auto at = running.begin(); at != running.end(); ++at) {
      int status = 0;
      auto& task = **at;
      if (::waitpid(task.pid, &status, WNOHANG) != task.pid) continue;
      task.pid = -1;
      running.erase(at);
      if (WIFEXITED(status)) return static_cast<Exit>(WEXITSTATUS(status));
      all.push_back({model::Layout::result, task.request, {}});
      all.back().outcome.failures.push_back(
          failure_of(*task.request,
                     {Exit::defect, "the request ended unexpectedly",
                      "signal " + std::to_string(WTERMSIG(status)), "please report this as a bug of ctys"}));
      return Exit::defect;
    }
    const int number = ::sigwaitinfo(&waited, nullptr);
    if (number != SIGINT && number != SIGTERM) continue;
    plugin::ask_to_end(number);
    for (const auto* task : running) ::kill(task->pid, number);
  }
}

using Clock = std::chrono::steady_clock;

// Before any of them does anything: see twice.hpp.
Exit compare(Task& task, std::span<const model::Request> requests, Clock::time_point begin,
             std::vector<Brought>& all, const Signals& signals) {
  if (!may_act_twice(requests)) return Exit::ok;
  const auto work = [&] {
    auto twice = acted_on_twice(requests, begin);
    return twice ? finish(model::Layout::result, {{}, {*std::move(twice)}}, *task.request) : Exit::ok;
  };
  if (!start(task, work, true, signals, all)) return Exit::failed;
  std::vector<Task*> running{&task};
  return wait_for_one(running, all, signals.waited);
}

std::vector<Exit> run_tasks(std::vector<Task>& tasks, Clock::time_point begin, std::vector<Brought>& all,
                            const Signals& signals) {
  const bool parallel = std::all_of(tasks.begin(), tasks.end(), [](const Task& task) {
    return only_reads(*task.request) && !task.request->in_turn;
  });
  std::vector<Exit> each;
  std::vector<Task*> running;
  for (auto& task : tasks) {
    if (running.size() == (parallel ? kAtOnce : 1))
      each.push_back(wait_for_one(running, all, signals.waited));
    // The deadline is that of the whole call.
    const auto rest = rest_for_deed(*task.request, begin);
    if (auto late = too_late(rest)) {
      each.push_back(late->code);
      all.push_back({model::Layout::result, task.request, {}});
      all.back().outcome.failures.push_back(failure_of(*task.request, *std::move(late)));
      continue;
    }
    const bool shows_progress = !parallel || &task == tasks.data();
    if (start(
            task, [&] { return run(rest); }, shows_progress, signals, all))
      running.push_back(&task);
    else
      each.push_back(Exit::failed);
  }
  while (!running.empty()) each.push_back(wait_for_one(running, all, signals.waited));
  return each;
}

// Failures alone look the same in every layout.
bool goes_with(const Brought& one, const Brought& other) {
  return other.request != nullptr && other.request->output == one.request->output &&
         other.request->message == one.request->message &&
         (other.layout == one.layout || one.outcome.records.empty() || other.outcome.records.empty());
}

// What looks the same is printed as one. `targets`: those of all requests.
Exit print_all(std::vector<Brought>& all, const std::vector<model::Target>& targets) {
  Exit status = Exit::ok;
  for (auto first = all.begin(); first != all.end(); ++first) {
    if (first->request == nullptr) continue;
    bool elsewhere = asks_elsewhere(*first->request);
    for (auto other = first + 1; other != all.end(); ++other) {
      if (!goes_with(*first, *other)) continue;
      auto& to = first->outcome;
      if (to.records.empty()) first->layout = other->layout;
      std::move(other->outcome.records.begin(), other->outcome.records.end(), std::back_inserter(to.records));
      std::move(other->outcome.failures.begin(), other->outcome.failures.end(),
                std::back_inserter(to.failures));
      elsewhere = elsewhere || asks_elsewhere(*other->request);
      other->request = nullptr;
    }
    auto request = *first->request;
    request.where.targets = targets;
    status = worse(status, finish_brought(first->layout, first->outcome, request, elsewhere));
  }
  return status;
}

}  // namespace

Exit run_each(std::span<const model::Request> requests) {
  std::vector<Task> tasks(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) tasks[i].request = &requests[i];
  std::vector<Brought> all;
  Task comparison;
  comparison.request = &requests.front();
  std::vector<Exit> each;
  {
    const auto begin = Clock::now();
    const Signals signals;
    each.push_back(compare(comparison, requests, begin, all, signals));
    if (each.front() == Exit::ok) each = run_tasks(tasks, begin, all, signals);
  }
  std::string text;
  if (comparison.results) read_results(comparison, all, text);
  for (const auto& task : tasks)
    if (task.results) read_results(task, all, text);
  std::vector<model::Target> targets;
  for (const auto& request : requests)
    targets.insert(targets.end(), request.where.targets.begin(), request.where.targets.end());
  const bool changed = std::any_of(
      all.begin(), all.end(), [](const Brought& brought) { return tells_change(brought.outcome.records); });
  const bool all_wrong = std::all_of(each.begin(), each.end(), [](Exit one) { return one == Exit::usage; });
  auto status = !text.empty() && !print(text) ? Exit::failed : print_all(all, targets);
  for (const auto one : each)
    status = worse(status, one == Exit::usage && !changed && !all_wrong ? Exit::unreachable : one);
  return changed ? beside_changes(status) : status;
}

}  // namespace ctys::action
