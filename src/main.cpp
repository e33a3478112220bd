// The executable: parses, dispatches, and turns every outcome into an exit status.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/answer.hpp"
#include "action/background.hpp"
#include "action/finish.hpp"
#include "action/run.hpp"
#include "action/run_each.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "client/job_store.hpp"
#include "client/labels.hpp"
#include "groups/source.hpp"
#include "inventory/labels.hpp"
#include "inventory/quick.hpp"
#include "inventory/view.hpp"
#include "plugin/collect.hpp"
#include "plugin/find.hpp"
#include "remote/bundle.hpp"
#include "remote/command.hpp"
#include "ui/render.hpp"
#include "ui/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace ctys;

int status_of(Exit code) {
  return static_cast<int>(code);
}

int complain(const Error& error) {
  (void)write_all(STDERR_FILENO, ui::describe(error, ui::terminal()));
  return status_of(error.code);
}

int say(const Result<std::string>& text) {
  if (!text) return complain(text.error());
  return status_of(action::print(*text) ? Exit::ok : Exit::failed);
}

std::string version(const cli::VersionWanted& wanted) {
  if (wanted.bare) return CTYS_VERSION;
  std::string text = "ctys " CTYS_VERSION "\n";
  if (wanted.verbose)
    for (const auto& file : plugin::find_all()) text += file.type + " " + file.path.string() + "\n";
  return text;
}

// Labels that were seen lately, and those of the inventory.
std::vector<cli::Surroundings::Label> proposed_labels(std::string_view beginning) {
  constexpr std::size_t kMost = 1000;  // more are no help to anybody
  std::vector<cli::Surroundings::Label> labels;
  const auto view = inventory::open_view(inventory::view_directories({}));
  if (view)
    for (auto& start : inventory::labels_starting(*view, beginning, kMost))
      labels.push_back({std::move(start.text), start.whole});
  for (auto& label : client::known_labels()) {
    const bool there = std::any_of(labels.begin(), labels.end(), [&](const auto& other) {
      return other.whole ? other.text == label : label.starts_with(other.text);
    });
    if (!there) labels.push_back({std::move(label)});
  }
  return labels;
}

// The numbers of jobs, with what they do.
std::vector<cli::Surroundings::Job> known_jobs() {
  std::vector<cli::Surroundings::Job> jobs;
  const auto store = client::JobStore::open(false);
  if (!store) return jobs;
  for (const auto id : store->ids())
    if (const auto job = store->find(id))
      jobs.push_back({std::to_string(id), std::string(client::word_of(job->state)) + ": " + job->command,
                      client::has_ended(*job)});
  return jobs;
}

// Answers a completion script. It may not wait, ask or complain: somebody is typing.
int complete(std::span<const std::string> words) {
  (void)std::signal(SIGALRM, [](int) { _exit(0); });
  ::alarm(1);
  const cli::Surroundings here{proposed_labels,
                               [] {
                                 std::vector<std::string> types;
                                 for (auto& file : plugin::find_all()) types.push_back(std::move(file.type));
                                 return types;
                               },
                               [] { return groups::usual_source().names(); }, known_jobs};
  (void)write_all(STDOUT_FILENO, cli::candidates(words, here));
  return 0;
}

// The far side of another host's ctys; `id`: which bundle this is.
int work(const std::vector<std::string>& words) {
  // As good as none: whoever asked copies it anew.
  if (remote::is_damaged_copy()) return say(std::string(remote::kAbsent) + remote::machine() + "\n");
  if (words.size() == 1 && words.front() == "id") {
    auto id = remote::bundle_id();
    if (id) *id += "\n";
    return say(id);
  }
  return action::answer(STDIN_FILENO, STDOUT_FILENO);
}

// Who asked us to end sees that we did: a shell ends its loop, too.
int end_as_asked(int status) {
  if (const int number = plugin::asked_to_end(); number != 0) {
    (void)std::signal(number, SIG_DFL);
    (void)std::raise(number);
  }
  return status;
}

struct Dispatch {
  std::string_view program;
  const std::vector<std::string>& arguments;

  int operator()(const model::Request& request) const {
    if (!request.background || request.plan) return status_of(action::run(request));
    return background(request, [&] { return status_of(action::run(request)); });
  }
  // Those that nobody waits for are one job.
  int operator()(const cli::Requests& requests) const {
    cli::Requests now;
    cli::Requests later;
    for (const auto& request : requests)
      (request.background && !request.plan ? later : now).push_back(request);
    int status = 0;
    if (!later.empty())
      status = background(later.front(), [&] { return status_of(action::run_each(later)); });
    if (now.empty() || status != 0) return status;
    return status_of(action::run_each(now));
  }
  int operator()(const cli::HelpWanted& wanted) const {
    return say(cli::help(wanted.topic, ui::terminal().width));
  }
  int operator()(const cli::VersionWanted& wanted) const { return say(version(wanted)); }
  int operator()(const cli::CompletionScriptWanted& wanted) const {
    return say(cli::completion_script(wanted.shell));
  }
  int operator()(const cli::CandidatesWanted& wanted) const { return complete(wanted.words); }

 private:
  [[nodiscard]] int background(const model::Request& request, const std::function<int()>& run) const {
    std::vector<std::string> words{std::string(program)};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return status_of(
        action::in_background(request, action::shown_command(words), [&run] { return end_as_asked(run()); }));
  }
};

// Was JSON asked for on a line that could not be read? Who parses the output gets the error there.
bool asks_for_json(const std::vector<std::string>& arguments) {
  for (std::size_t at = 0; at < arguments.size() && arguments[at] != "--"; ++at) {
    const auto& word = arguments[at];
    const bool is_next = (word == "--format" || word == "-F") && at + 1 < arguments.size();
    if (word == "--json" || word == "-j" || text::equal_ci(word, "--format=json") ||
        (is_next && text::equal_ci(arguments[at + 1], "json")))
      return true;
  }
  return false;
}

int run(std::string_view program, const std::vector<std::string>& arguments) {
  const auto command = cli::parse(program, arguments);
  if (!command && asks_for_json(arguments)) {
    model::Request request;
    request.output.format = model::Format::json;
    return status_of(action::finish(command.error(), request));
  }
  if (!command) return complain(command.error());
  return std::visit(Dispatch{program, arguments}, *command);
}

}  // namespace

// A file that is opened must not become stdin or stdout because the caller had closed them. What takes their
// place fails as they would: it cannot be read from, or written to.
void occupy_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

// An answer that built nothing up has nothing to take down: that would be a tenth of its own work.
[[noreturn]] void leave_with(std::string_view answer) {
  ::_exit(action::print(answer) ? 0 : 1);
}

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  paths::settle_home();
  // The shortest way of all: nothing is built up for it.
  if (argc == 2 && std::string_view(argv[1]) == "--version") leave_with("ctys " CTYS_VERSION "\n");
  (void)std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves is an error of writing, told once
  (void)std::signal(SIGXFSZ, SIG_IGN);  // and so is a limit to the size of files
  try {
    if (const auto answer = inventory::quick_answer({argv, static_cast<std::size_t>(argc)}))
      leave_with(*answer);
    // Words that are being completed are not run yet: no macro in them is replaced, let alone evaluated.
    if (argc > 1 && std::string_view(argv[1]) == "__complete")
      return complete(std::vector<std::string>(argv + 2, argv + argc));
    if (argc > 1 && std::string_view(argv[1]) == "__worker")
      return end_as_asked(work({argv + 2, argv + argc}));
    const std::string_view path = argc > 0 ? argv[0] : "ctys";
    return end_as_asked(run(path.substr(path.rfind('/') + 1), {argv + (argc > 0 ? 1 : 0), argv + argc}));
  } catch (const std::exception& e) {
    return complain({Exit::defect, "internal error", e.what(), "please report this as a bug of ctys"});
  } catch (...) {
    return complain(
        {Exit::defect, "internal error", "unknown exception", "please report this as a bug of ctys"});
  }
}
